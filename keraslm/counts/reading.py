"""The table of a count model's file: read and checked whole, or mapped."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from keraslm.counts.additive import Additive
from keraslm.counts.checking import check_table
from keraslm.counts.older import upgraded
from keraslm.counts.opening import Shape, from_arrays, sizes
from keraslm.counts.table import Table
from keraslm.errors import ModelFileError
from keraslm.files import archive
from keraslm.files.mapping import map_arrays, verify

WHOLE = 32 * 2**20
"""Bytes of the largest file that is read whole, which takes half a second at most."""


def read_table(
    path: str | os.PathLike[str],
    description: dict[str, Any],
    vocabulary_size: int,
    mapped: bool | None = None,
) -> Table:
    """Open the arrays of a file whose description was read.

    Raises: ModelFileError if they do not fit together, as far as they are looked at.
    """
    file = archive.model_path(path)
    order, delta = _formula(file, description)
    is_older = description["format_version"] < archive.FORMAT_VERSION
    if mapped is None:
        mapped = file.stat().st_size > WHOLE
    mapped = mapped and not is_older
    arrays = map_arrays(file) if mapped else archive.read_arrays(file)
    with _damage(file):
        if is_older:
            arrays, ngrams = upgraded(arrays, order, vocabulary_size)
        else:
            ngrams = sizes(description.get("ngrams"), order, vocabulary_size)
        quantized = description.get("quantized")
        shape = Shape(order, vocabulary_size, delta, ngrams, quantized)
        table = from_arrays(arrays, shape, str(file), mapped)
        if not mapped:
            check_table(table)
    return table


def check_whole(path: str | os.PathLike[str], table: Table) -> str:
    """Compare the checksums of a file, and check its table; say what was checked.

    Raises: ModelFileError if something is wrong.
    """
    read = verify(path)
    with _damage(path):
        check_table(table)
    return f"{read:,} bytes and {sum(table.sizes()):,} n-grams"


@contextlib.contextmanager
def _damage(path: str | os.PathLike[str]) -> Iterator[None]:
    """Name the file in which something does not fit."""
    try:
        yield
    except ModelFileError:  # which names it
        raise
    except ValueError as error:
        raise ModelFileError(
            f"the counts do not fit together: {error}; {path} is damaged, train again"
        ) from error


def _formula(
    path: str | os.PathLike[str], description: dict[str, Any]
) -> tuple[int, float | None]:
    """Give the order, and the delta of additive smoothing, which is applied to counts.

    Raises: ModelFileError
    """
    try:
        order, smoothing = description["order"], description["smoothing"]
        if type(order) is not int or order < 1:
            raise ValueError(f"order must be 1 or more; received {order!r:.30}")
        if smoothing["name"] != Additive.name:
            return order, None
        return order, Additive(float(smoothing["delta"])).delta
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"{path} has a damaged description: {error}") from error
