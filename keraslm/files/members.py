"""Writing the members of a zip archive: arrays aligned, and of any size block by block.

An array is a .npy file, stored as it is. Its local header is padded so that the numbers
start at a multiple of 64 bytes in the archive, and can be used where they lie, in the
way and with the tag of Android's zipalign; every program that reads zip archives passes
over the padding. From 4 GB up, sizes and places are those of ZIP64.
References: PKWARE, APPNOTE.TXT 4.5.3; NumPy enhancement proposal 1, the format .npy.
"""

import dataclasses
import os
import struct
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, Self

import numpy as np

from keraslm.files.npy import head_of

ALIGNMENT = 64  # bytes: a line of the cache, and what .npy pads its own head to
PADDING = 0xD935  # the tag of an extra field that only aligns

_BLOCK = 1 << 20  # numbers that are written at once
_TAG = struct.Struct("<HHH")  # tag, length of what follows, alignment


@dataclasses.dataclass(frozen=True)
class Blocks:
    """An array that need not lie in memory, piece by piece.

    Shapes: `length` numbers in all; blocks (n,), of any n, in their order
    """

    dtype: np.dtype[Any]
    length: int
    blocks: Iterable[np.ndarray]
    """Read once, when the array is written."""

    @classmethod
    def of(cls, array: np.ndarray) -> Self:
        """Cut an array, which may be a memory map."""
        flat = array.reshape(-1)
        starts = range(0, len(flat), _BLOCK)
        return cls(array.dtype, len(flat), (flat[i : i + _BLOCK] for i in starts))


def write_members(path: str | os.PathLike[str], members: dict[str, Any]) -> None:
    """Create an archive; the same members always give the same bytes.

    A member is bytes, an array, or the `Blocks` of one.
    Raises: ValueError if blocks hold more numbers than they say, or fewer.
    """
    with zipfile.ZipFile(path, "w") as archive:
        add_members(archive, members)


def add_members(archive: zipfile.ZipFile, members: dict[str, Any]) -> None:
    """Add bytes, text packed, and arrays as .npy; see `write_members`."""
    for name, data in members.items():
        info = zipfile.ZipInfo(name)  # dated 1980: the same model, the same bytes
        info.external_attr = 0o644 << 16
        is_text = name.endswith(".json")
        info.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
        if isinstance(data, bytes):
            archive.writestr(info, data)
        elif isinstance(data, Blocks):
            _add_array(archive, info, data, (data.length,))
        else:
            array = np.asarray(data, order="C")
            _add_array(archive, info, Blocks.of(array), array.shape)


def add_aligned(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, pieces: Iterable[bytes], size: int
) -> None:
    """Add a member of so many bytes that starts at a multiple of ALIGNMENT."""
    info.file_size = size  # told before: more than 2 GB take a wider head
    wide = size * 1.05 > zipfile.ZIP64_LIMIT
    info.CRC = 0  # not known yet; the head is written anew at the end
    place = archive.start_dir + len(info.FileHeader(wide))
    info.extra = _padding(place)
    with archive.open(info, "w", force_zip64=wide) as member:
        for piece in pieces:
            member.write(piece)


def _padding(place: int) -> bytes:
    """Give the extra field that moves what starts at `place` to an aligned one."""
    length = _TAG.size + -(place + _TAG.size) % ALIGNMENT
    return _TAG.pack(PADDING, length - 4, ALIGNMENT).ljust(length, b"\0")


def _add_array(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    array: Blocks,
    shape: tuple[int, ...],
) -> None:
    head = head_of(array.dtype, shape)
    size = len(head) + array.length * array.dtype.itemsize
    add_aligned(archive, info, _pieces(info.filename, head, array), size)


def _pieces(name: str, head: bytes, array: Blocks) -> Iterator[Any]:
    yield head
    written = 0
    for block in array.blocks:
        written += len(block)
        yield np.ascontiguousarray(block, array.dtype).view(np.uint8)
    if written != array.length:
        raise ValueError(
            f"the blocks of {name} hold {written} numbers, not {array.length}"
        )
