"""The weights of a network in an HDF5 file from a stranger: plain numbers only.

HDF5 can refer to other files, pack nothing as terabytes, and link in circles. Keras
writes none of that: groups, and arrays that lie in the file as they are.
"""

import os
import pathlib
from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from keraslm.errors import ModelFileError, in_short

OPTIMIZER = "optimizer/"  # what a compiled model is saved with, beside its weights
MOST_OBJECTS = 5000  # arrays and the groups they lie in


def read_weights(path: pathlib.Path, where: str) -> dict[str, npt.NDArray[Any]]:
    """Read every array, by its path in the file; not an optimizer's, beside them.

    Raises: ModelFileError naming the file `where`, if it holds anything but arrays of
        finite floating-point numbers that lie in it whole.
    """
    try:
        arrays = dict(plain_arrays(path, kinds="fiu"))  # an optimizer counts steps
        weights = {n: a for n, a in arrays.items() if not n.startswith(OPTIMIZER)}
        for name, array in weights.items():
            _check_kind(f"/{name}", array.dtype, "f")
    except Exception as error:  # h5py raises whatever it stumbled over
        raise ModelFileError(
            f"{where} is damaged: its weights cannot be read ({in_short(error)})"
        ) from error
    return weights


def stored_shapes(
    path: str | os.PathLike[str], kinds: str = "f"
) -> list[tuple[int, ...]]:
    """Give the shape of every array, as `plain_arrays` reads them."""
    return [array.shape for _, array in plain_arrays(path, kinds)]


def plain_arrays(
    path: str | os.PathLike[str], kinds: str = "f"
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield the path of every array and its numbers, once it is known to be plain.

    `kinds` are the kinds of numbers that may be there, as NumPy's dtypes call them.
    Raises: ValueError, or what h5py stumbles over.
    """
    size, numbers = pathlib.Path(path).stat().st_size, 0
    with h5py.File(path, "r") as file:
        for name, array in _arrays(file):
            _check_plain(name, array, kinds)
            numbers += array.nbytes
            if numbers > size:
                raise ValueError(f"{name} claims more numbers than the file has")
            found = array[()]
            if not np.isfinite(found).all():
                raise ValueError(f"{name} has a number that is infinite or NaN")
            yield name.strip("/"), found


def _arrays(file: Any) -> Iterator[tuple[str, Any]]:
    groups, seen = [file], set()
    while groups:
        group = groups.pop()
        for name in group:
            path = f"{group.name}/{name}"[:80]
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise ValueError(f"{path} is a link to somewhere else")
            found = group[name]
            place = h5py.h5o.get_info(found.id).addr
            if place in seen:
                raise ValueError(f"{path} is there twice, under two names")
            seen.add(place)
            if len(seen) > MOST_OBJECTS:
                raise ValueError(f"there are more than {MOST_OBJECTS} objects")
            if isinstance(found, h5py.Dataset):
                yield path, found
            elif isinstance(found, h5py.Group):
                groups.append(found)
            else:
                raise ValueError(f"{path} is neither a group nor an array")


def _check_plain(name: str, array: Any, kinds: str) -> None:
    how = array.id.get_create_plist()
    if array.is_virtual or how.get_external_count():
        raise ValueError(f"{name} reads another file")
    if how.get_layout() != h5py.h5d.CONTIGUOUS or how.get_nfilters():
        raise ValueError(f"{name} is packed or cut in pieces, not stored as it is")
    if array.shape is None:
        raise ValueError(f"{name} holds no numbers")
    _check_kind(name, array.dtype, kinds)
    if array.nbytes and array.id.get_offset() is None:
        raise ValueError(f"{name} claims numbers that the file does not have")


def _check_kind(name: str, dtype: np.dtype[Any], kinds: str) -> None:
    if dtype.kind not in kinds:
        raise ValueError(f"{name} holds {dtype}, not floating-point numbers")
