"""The arrays of a model file, used where they lie: only what is asked for is read.

The file is mapped into memory, and the operating system reads a page of it when it is
touched and lets it go when memory is short. Checksums are not made when it is opened;
`verify` makes them.
"""

import mmap
import os
import pathlib
import struct
import zipfile

import numpy as np

from keraslm.errors import ModelFileError
from keraslm.files import zip_archive as safe
from keraslm.files.archive import ARRAYS, model_path, opened
from keraslm.files.npy import array_of

_LOCAL = struct.Struct("<4s22xHH")  # a member's head: mark, lengths of name and extra
_MARK = b"PK\x03\x04"


def map_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Give a count model's arrays by name, which read the file when they are read.

    Sizes and places are compared with the length of the file, and nothing else is. As
    long as an array is in use the file must not be changed; replacing it by another,
    as keraslm does, leaves the arrays what they were.

    Raises: as `archive.read_arrays`; OSError if the file cannot be mapped.
    """
    file = model_path(path)
    with opened(file) as archive, file.open("rb") as source:
        mapped = memoryview(mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ))
        return {
            pathlib.PurePosixPath(info.filename).stem: _array(file, info, mapped)
            for info in archive.infolist()
            if info.filename.startswith(ARRAYS)
        }


def verify(path: str | os.PathLike[str]) -> int:
    """Read every member and compare its checksum; give how many bytes were read.

    Raises: ModelFileError naming the member that is damaged; as `archive.opened`.
    """
    file = model_path(path)
    with opened(file) as archive:
        return sum(
            len(block)
            for info in archive.infolist()
            for block in safe.blocks(file, archive, info)
        )


def _array(path: pathlib.Path, info: zipfile.ZipInfo, mapped: memoryview) -> np.ndarray:
    start = _start(path, info, mapped)
    if info.compress_type != zipfile.ZIP_STORED or start + info.file_size > len(mapped):
        raise ModelFileError(
            f"{path} is damaged: {info.filename} does not lie in it as it is; copy or "
            "train it again"
        )
    return array_of(path, info.filename, mapped[start : start + info.file_size])


def _start(path: pathlib.Path, info: zipfile.ZipInfo, mapped: memoryview) -> int:
    """Find where a member's bytes start, behind its own head."""
    head = mapped[info.header_offset : info.header_offset + safe.LOCAL_HEADER]
    mark, name, extra = _LOCAL.unpack(head) if len(head) == _LOCAL.size else (b"", 0, 0)
    if mark != _MARK:
        raise ModelFileError(
            f"{path} is damaged: {info.filename} is not where the list of members says"
        )
    return info.header_offset + _LOCAL.size + int(name) + int(extra)
