"""One process at a time writes a folder RUN."""

import contextlib
import os
import pathlib
import sys
from collections.abc import Iterator
from typing import IO

from keraslm.errors import UsageError


@contextlib.contextmanager
def locked(path: pathlib.Path) -> Iterator[None]:
    """Hold a lock file; the system lets it go when the process ends, however it ends.

    Raises: UsageError if another process holds it.
    """
    file = _held(path)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows removes no open file
            path.unlink()
        file.close()


def _held(path: pathlib.Path) -> IO[str]:
    while True:
        file = path.open("a")
        try:
            _lock(file)
        except (BlockingIOError, PermissionError) as error:
            file.close()
            raise UsageError(
                f"another process is training in {path.parent}; wait for it, or give "
                "another `out`"
            ) from error
        if _is_at(path, file):
            return file
        file.close()  # its last holder has removed it meanwhile


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_at(path: pathlib.Path, file: IO[str]) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return there.st_ino == os.fstat(file.fileno()).st_ino
