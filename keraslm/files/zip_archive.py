"""The members of a zip archive from a stranger, opened without trust.

A model file holds a few plain members. Text is packed, everything else is stored as
it is, so nothing that is read can be much larger than the file.
References: Fifield (2019), A better zip bomb.
"""

import contextlib
import io
import json
import pathlib
import re
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from keraslm.errors import ModelFileError
from keraslm.unicode import NOT_UNICODE, is_unicode

MOST_MEMBERS = 1000
LONGEST_DIRECTORY = 1 << 20  # bytes of the list of members
BEST_PACKED = 200  # times, what text of more than SMALL bytes may be packed
SMALL = 1 << 20
LOCAL_HEADER = 30  # bytes before a member, and its name
MOST_VALUES = 8_000_000  # of JSON, which takes up to 70 bytes each in memory
MOST_LISTS = 1_000_000  # of JSON, and tables, which take up to 240

_BLOCK = 1 << 20
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")  # a half, as JSON writes it
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # bits of a member's flags
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,  # an offset before the start of the file
    ValueError,
)


@contextlib.contextmanager
def opened(path: pathlib.Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose members are all plain, read only.

    Raises: ModelFileError if it is no zip archive, or has too many members, members
        that overlap, are there twice, are links, encrypted or packed like a bomb, or
        have names that lead elsewhere; OSError if it cannot be read.
    """
    with Guarded(path.open("rb", buffering=0)) as guarded:
        try:
            archive = zipfile.ZipFile(guarded)
        except _DAMAGED as error:
            raise ModelFileError(
                f"{path} is not a whole model file (it may be cut short): a model is "
                "a zip archive; copy, save or train it again"
            ) from error
        guarded.largest = sys.maxsize
        with archive:
            if reason := _fault(archive):
                raise ModelFileError(f"{path} is refused: {reason}")
            yield archive


def read(
    path: pathlib.Path,
    archive: zipfile.ZipFile,
    name: str,
    largest: int = sys.maxsize,
) -> bytes:
    """Read a member of at most so many bytes.

    Raises: ModelFileError if it is missing, larger, or damaged.
    """
    info = _info(path, archive, name)
    if info.file_size > largest:
        raise ModelFileError(
            f"{path} is refused: {name} claims {info.file_size} bytes, "
            f"more than the {largest} that a model file may hold"
        )
    with _damage(path, name):
        return archive.read(info)


def read_json(
    path: pathlib.Path, archive: zipfile.ZipFile, name: str, largest: int
) -> dict[str, Any]:
    """Read a member that holds one table as JSON.

    Raises: as `read`; ModelFileError if it is not such JSON, or of too many values.
    """
    data = read(path, archive, name, largest)
    if is_too_much(data):
        raise ModelFileError(
            f"{path} is refused: {name} has more than {MOST_VALUES:,} values or "
            f"{MOST_LISTS:,} lists and tables"
        )
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{path} is damaged: {name} is not JSON ({error})"
        ) from error
    if not isinstance(found, dict):
        raise ModelFileError(f"{path} is damaged: {name} is not a JSON object")
    halves = _SURROGATE.search(data)  # most files have none
    if halves and not is_unicode(json.dumps(found, ensure_ascii=False)):
        raise ModelFileError(f"{path} is damaged: {name} is {NOT_UNICODE}")
    return found


def is_too_much(data: bytes) -> bool:
    """Say whether JSON has more values, lists or tables than are read."""
    lists = data.count(b"[") + data.count(b"{")
    return data.count(b",") > MOST_VALUES or lists > MOST_LISTS


@contextlib.contextmanager
def extracted(
    path: pathlib.Path, archive: zipfile.ZipFile, name: str
) -> Iterator[pathlib.Path]:
    """Yield a temporary copy of a member, which is gone afterwards.

    Raises: ModelFileError if the member is missing or damaged; OSError if there is no
        room for the copy.
    """
    info = _info(path, archive, name)
    with tempfile.TemporaryDirectory(prefix="keraslm-") as folder:
        copy = pathlib.Path(folder) / pathlib.PurePosixPath(name).name
        with copy.open("wb") as out:
            for block in blocks(path, archive, info):
                out.write(block)
        yield copy


def blocks(
    path: pathlib.Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo
) -> Iterator[bytes]:
    """Read a member piece by piece; after the last, its checksum was right.

    Raises: ModelFileError if it is damaged.
    """
    with _damage(path, info.filename):
        source = archive.open(info)
    with source:
        while True:
            with _damage(path, info.filename):
                block = source.read(_BLOCK)
            if not block:
                return
            yield block


class Guarded(io.BufferedReader):
    """A file of which no piece longer than `largest` is read at once.

    zipfile reads the whole list of members at once, whatever its length.
    """

    largest = LONGEST_DIRECTORY

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > self.largest:
            raise zipfile.BadZipFile("the list of members is too long")
        return super().read(size)


def _info(path: pathlib.Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(name)
    except KeyError as error:
        raise ModelFileError(f"{path} is damaged: it has no {name}") from error


@contextlib.contextmanager
def _damage(path: pathlib.Path, name: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise ModelFileError(
            f"{path} is damaged at {name} ({error}); copy or train it again"
        ) from error


def _fault(archive: zipfile.ZipFile) -> str | None:
    """Say what is wrong with an archive's list of members."""
    members = sorted(archive.infolist(), key=lambda info: info.header_offset)
    names = [info.filename for info in members]
    if len(members) > MOST_MEMBERS:
        return f"it has {len(members)} members, more than {MOST_MEMBERS}"
    if len(set(names)) < len(names):
        return "it has two members of one name"
    for info in members:
        if reason := _fault_of(info):
            return f"its member {info.orig_filename[:60]!r} {reason}"
    next_start = archive.start_dir
    for info in reversed(members):
        if info.header_offset + LOCAL_HEADER + info.compress_size > next_start:
            return "its members overlap"
        next_start = info.header_offset
    return None


def _fault_of(info: zipfile.ZipInfo) -> str | None:
    name = info.orig_filename
    odd = re.search(r"[\\:\x00-\x1f\x7f]", name)
    if odd or any(part in {"", ".", ".."} for part in name.split("/")):
        return "has a name that is not plain and relative"
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return "is a link, not a plain file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type == zipfile.ZIP_STORED:
        whole = info.file_size == info.compress_size
        return None if whole else "is of another size than it says"
    if info.compress_type != zipfile.ZIP_DEFLATED or not name.endswith(".json"):
        return "is packed, and only text may be, by deflation"
    if info.file_size > max(SMALL, BEST_PACKED * info.compress_size):
        return f"claims to be packed more than {BEST_PACKED} times"
    return None
