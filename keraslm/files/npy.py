"""The format .npy: an array of plain numbers, rows first, behind a head of text.

References: NumPy enhancement proposal 1.
"""

import io
import pathlib
import re
from typing import Any

import numpy as np

from keraslm.errors import ModelFileError

LONGEST_HEAD = 1 << 16  # bytes of version 1.0
_HEAD = re.compile(  # of version 1.0, rows first
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<dtype>[<>|=][iufb]\d{1,2})', "
    rb"'fortran_order': False, 'shape': \((?P<shape>[\d, ]{0,99})\), \} *\n",
    re.DOTALL,
)


def head_of(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Give the head of a file; the numbers follow, at a multiple of 64 bytes.

    Raises: ValueError for an array of Python's objects.
    """
    if dtype.hasobject:
        raise ValueError("an array of Python's objects has no plain file")
    head = io.BytesIO()
    described = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": shape,
    }
    np.lib.format.write_array_header_1_0(head, described)
    return head.getvalue()


def array_of(path: pathlib.Path, name: str, data: Any) -> np.ndarray:
    """Use the bytes of a file as the array that they are, without a copy.

    Its size is what is there, not what its head says.
    Raises: ModelFileError that names the file if it is not plain numbers.
    """
    data = memoryview(data)
    head = _HEAD.match(data[:LONGEST_HEAD])
    try:
        if not head:
            raise ValueError("it does not begin as a .npy file of numbers does")
        shape = [int(length) for length in head["shape"].split(b",") if length.strip()]
        dtype = np.dtype(head["dtype"].decode())
        numbers = data[head.end() :]
        if not len(numbers):
            return np.zeros(shape, dtype) if 0 in shape else _refuse(shape)
        return np.frombuffer(numbers, dtype).reshape(shape)
    except (ValueError, TypeError) as error:
        raise ModelFileError(f"{path} holds a damaged array {name}: {error}") from error


def _refuse(shape: list[int]) -> np.ndarray:
    raise ValueError(f"it holds no numbers, and says {shape}")
