"""The bytes of a file of vectors: plain, packed with gzip, or a member of a zip.

Vectors are packed to a third or so; what unpacks to far more was made to do harm.
"""

import contextlib
import gzip
import io
import os
import pathlib
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from keraslm.errors import KeraslmError, UsageError, VectorFileError
from keraslm.files.zip_archive import BEST_PACKED, SMALL, Guarded
from keraslm.text.source import DAMAGED_GZIP, GZIP

ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second: an archive without members
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 1  # a bit of a member's flags
_DAMAGED = (
    *DAMAGED_GZIP,
    zipfile.BadZipFile,
    NotImplementedError,
    IndexError,  # a member without a name
    ValueError,  # an offset before the start of the file
)


@contextlib.contextmanager
def opened_vectors(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open FILE, or FILE:MEMBER of a zip archive, unpacked; told by content, not name.

    Raises: UsageError if there is no such file or member, or MEMBER is left open among
        several; VectorFileError if the packed bytes are damaged, here or when read.
    """
    name, member = _parts(os.fspath(path))
    with _readable(os.fspath(path)), contextlib.ExitStack() as stack:
        raw = stack.enter_context(pathlib.Path(name).open("rb", buffering=0))
        packed = stack.enter_context(Guarded(raw))
        file: Any = packed
        if file.peek(4)[:4] in ZIP:
            archive = stack.enter_context(zipfile.ZipFile(packed))
            packed.largest = sys.maxsize
            info = _chosen(name, archive, member)
            file = stack.enter_context(archive.open(info))
        elif member is not None:
            raise UsageError(f"{name} is no zip archive; it has no member {member!r}")
        if file.peek(2)[:2] == GZIP:
            file = stack.enter_context(gzip.GzipFile(fileobj=file, mode="rb"))
        unpacked: Any = file if file is packed else _Unpacked(file, packed)
        yield unpacked


class _Unpacked(io.RawIOBase):
    """Bytes that are unpacked, which may not be many more than those they come from.

    Raises: BadZipFile when read, if they are.
    """

    def __init__(self, file: IO[bytes], packed: IO[bytes]) -> None:
        self._file, self._packed = file, packed
        self._bytes = 0

    def readable(self) -> bool:
        """Say that there are bytes to read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, or fewer at the end."""
        data = self._file.read(size)
        self._bytes += len(data)
        if self._bytes > SMALL + BEST_PACKED * self._packed.tell():
            raise zipfile.BadZipFile(f"it is packed more than {BEST_PACKED} times")
        return data


def _parts(path: str) -> tuple[str, str | None]:
    """Cut FILE:MEMBER in two where there is such a FILE."""
    if pathlib.Path(path).is_file():
        return path, None
    for colon in re.finditer(":", path):  # a member's name may hold one too
        archive, member = path[: colon.start()], path[colon.end() :]
        if pathlib.Path(archive).is_file():
            return archive, member
    raise UsageError(f"there is no file of vectors {path}; check the path")


def _chosen(name: str, archive: zipfile.ZipFile, member: str | None) -> zipfile.ZipInfo:
    """Find the member, or the only one."""
    members = {
        info.filename: info
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    }
    if member is None and len(members) == 1:
        member = next(iter(members))
    if member not in members:
        listed = ", ".join(map(repr, list(members)[:12])) or "none"
        asked = "" if member is None else f", not {member!r}"
        raise UsageError(
            f"{name} has the members {listed}{asked}; name one as {name}:MEMBER"
        )
    info = members[member]
    if info.flag_bits & ENCRYPTED or info.compress_type not in METHODS:
        raise UsageError(
            f"{member!r} of {name} is encrypted or packed in an unusual way; "
            "unpack it first"
        )
    return info


@contextlib.contextmanager
def _readable(path: str) -> Iterator[None]:
    """Turn the errors of reading into one line that names the file."""
    try:
        yield
    except KeraslmError:
        raise
    except _DAMAGED as error:
        raise VectorFileError(
            f"{path} is damaged ({error}); fetch or pack it again"
        ) from error
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
