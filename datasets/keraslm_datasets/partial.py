"""The part file: the bytes of a download that are here so far, kept to go on later."""

import contextlib
import hashlib
import json
import os
import pathlib
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from keraslm_datasets import cache


class PartFile:
    """The bytes so far of one download, hashed as they come.

    Beside `NAME.part` lies `NAME.part.json`: the address the bytes came from and the
    server's mark for the version they belong to (its ETag or Last-Modified).
    """

    def __init__(self, path: pathlib.Path, handle: BinaryIO) -> None:
        self.path = path
        self._handle = handle
        self._marks = path.with_name(path.name + ".json")
        self._hashes = _new_hashes()

    @property
    def size(self) -> int:
        """The bytes that are here."""
        return os.fstat(self._handle.fileno()).st_size

    def validator(self, url: str) -> str:
        """Return the server's mark for these bytes, "" if they are not from `url`."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            marks = json.loads(self._marks.read_text(encoding="utf-8"))
            return str(marks.get("validator", "")) if marks.get("url") == url else ""
        return ""

    def begin(self, url: str, validator: str, keep: bool) -> None:
        """Start to receive: after the bytes that are here if `keep`, else from zero."""
        with self._disk_errors():
            if not keep:
                self._handle.truncate(0)
            marks = json.dumps({"url": url, "validator": validator})
            self._marks.write_text(marks, encoding="utf-8")
        self._hashes = _new_hashes()
        self._handle.seek(0)
        while block := self._handle.read(1 << 20):
            self._update(block)

    def write(self, block: bytes) -> None:
        """Append what came."""
        with self._disk_errors():
            self._handle.write(block)
        self._update(block)

    def flush(self) -> None:
        """Make sure that the bytes so far are in the file."""
        with self._disk_errors():
            self._handle.flush()

    def digest(self, kind: str) -> str:
        """Return the sha256 or md5 of the bytes so far, in hexadecimal."""
        return str(self._hashes[kind].hexdigest())

    def discard(self) -> None:
        """Forget the bytes so far."""
        with self._disk_errors():
            self._handle.truncate(0)
        self._marks.unlink(missing_ok=True)

    def move_to(self, path: pathlib.Path) -> None:
        """Flush to disk and put the whole file in its place."""
        with self._disk_errors():
            self._handle.flush()
            os.fsync(self._handle.fileno())
            self.path.replace(path)
        self._marks.unlink(missing_ok=True)

    def tidy(self, keep: bool) -> None:
        """Remove what is of no use for another try."""
        with contextlib.suppress(OSError):
            self._handle.flush()
            if not keep or self.size == 0:
                self.path.unlink(missing_ok=True)
                self._marks.unlink(missing_ok=True)

    def _update(self, block: bytes) -> None:
        for each in self._hashes.values():
            each.update(block)

    @contextlib.contextmanager
    def _disk_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise cache.unwritable(self.path.parent, error) from error


def _new_hashes() -> dict[str, Any]:
    """Return the hashes that are published; md5 only finds accidents."""
    md5 = hashlib.md5(usedforsecurity=False)
    return {"sha256": hashlib.sha256(), "md5": md5}


@contextlib.contextmanager
def open_part(path: pathlib.Path) -> Iterator[PartFile]:
    """Yield the part file of `path`, which no other process writes meanwhile.

    `NAME.part` is taken if it is free. While another process holds it, a temporary
    file of our own is used instead, which is not kept.
    """
    cache.make_folder(path.parent)
    shared = path.with_name(path.name + ".part")
    handle = _take(shared)
    if handle is None:
        handle, own = _private(path)
        part, keep = PartFile(own, handle), False
    else:
        part, keep = PartFile(shared, handle), True
    with handle:
        try:
            yield part
        finally:
            if part.path.exists():
                part.tidy(keep)


def _take(path: pathlib.Path) -> BinaryIO | None:
    """Open and lock a part file, or return None if another process holds it."""
    try:
        import fcntl
    except ImportError:  # not a POSIX system: no lock, so nothing is shared
        return None
    try:
        handle = path.open("a+b")
    except OSError as error:
        raise cache.unwritable(path.parent, error) from error
    with contextlib.suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # the other process may have moved the file away before it let the lock go
        if os.path.samestat(os.fstat(handle.fileno()), path.stat()):
            return handle
    handle.close()
    return None


def _private(path: pathlib.Path) -> tuple[BinaryIO, pathlib.Path]:
    try:
        number, name = tempfile.mkstemp(
            prefix=f".{path.name}-", suffix=".part", dir=path.parent
        )
        os.close(number)
        own = pathlib.Path(name)
        own.chmod(0o644)  # mkstemp makes it private
        return own.open("a+b"), own
    except OSError as error:
        raise cache.unwritable(path.parent, error) from error
