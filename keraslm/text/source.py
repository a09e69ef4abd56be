"""Where the bytes of a text come from: a file, a gzip file, a pipe, standard input."""

import contextlib
import gzip
import io
import os
import pathlib
import shutil
import stat
import sys
import tempfile
import weakref
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from keraslm.errors import CorpusError, UsageError

CHUNK_SIZE = 1 << 20
GZIP = b"\x1f\x8b"
DAMAGED_GZIP = (EOFError, zlib.error, gzip.BadGzipFile)


class Source:
    """Bytes that can be read again and again, a gzip file already unpacked.

    Gzip is recognised by its first two bytes, so it works on standard input too.
    Anything that can be read only once (standard input, a named pipe) is copied to a
    temporary file, which is removed when the source is forgotten or the program ends.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = "standard input" if os.fspath(path) == "-" else os.fspath(path)
        self._path = _readable_again(self, path)
        self.is_copy = pathlib.Path(path) != self._path
        """Whether the bytes lie in a temporary file of this process."""

    def chunks(self, size: int = CHUNK_SIZE) -> Iterator[bytes]:
        """Yield the bytes in chunks of `size`.

        Raises: CorpusError if a gzip file is damaged; UsageError if it cannot be read.
        """
        with readable(self.name), self._open() as file:
            while chunk := file.read(size):
                yield chunk

    def head(self, size: int = 1 << 16) -> bytes:
        """The first bytes, enough to recognise what kind of file it is."""
        return next(self.chunks(size), b"")

    def _open(self) -> io.BufferedIOBase:
        file = opened(self._path)
        is_named_gz = self._path.suffix == ".gz" and self._path.stat().st_size > 0
        if is_named_gz and not isinstance(file, _Unpacked):
            file.close()
            raise CorpusError(
                f"{self.name} is damaged: a .gz file starts with the bytes 1f 8b; "
                "fetch or pack it again"
            )
        return file


def opened(path: str | os.PathLike[str]) -> io.BufferedIOBase:
    """Open a file to read its bytes, unpacked if gzip packed it."""
    path = pathlib.Path(path)
    file = path.open("rb")
    return _Unpacked(file) if file.peek(2).startswith(GZIP) else file


class _Unpacked(gzip.GzipFile):
    """A gzip reader that closes the file below it."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._below = file

    def close(self) -> None:
        super().close()
        self._below.close()


@contextlib.contextmanager
def readable(name: str) -> Iterator[None]:
    """Turn the errors of reading into one line that names the file."""
    try:
        yield
    except DAMAGED_GZIP as error:
        raise CorpusError(
            f"{name} is a damaged gzip file ({error}); fetch or pack it again"
        ) from error
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror or error}") from error


def _readable_again(owner: Source, path: str | os.PathLike[str]) -> pathlib.Path:
    if os.fspath(path) == "-":
        if sys.stdin is None:
            raise UsageError("'-' reads standard input, but standard input is closed")
        return _spooled(owner, sys.stdin.buffer)
    path = pathlib.Path(path)
    with readable(os.fspath(path)):
        mode = path.stat().st_mode
        if stat.S_ISFIFO(mode):
            with path.open("rb") as pipe:
                return _spooled(owner, pipe)
    if not stat.S_ISREG(mode):
        raise UsageError(f"a text is a file, a folder or '-'; received {path}")
    return path


def _spooled(owner: Source, stream: BinaryIO) -> pathlib.Path:
    handle, name = tempfile.mkstemp(prefix="keraslm-text-")
    weakref.finalize(owner, pathlib.Path(name).unlink, missing_ok=True)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(stream, file, CHUNK_SIZE)
    return pathlib.Path(name)
