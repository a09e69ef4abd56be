"""One process at a time writes a folder RUN."""

import contextlib
import os
import pathlib
import sys
import time
from collections.abc import Iterator
from typing import IO, Any

from keraslm.errors import UsageError

LOOK = 0.05  # seconds, in which one who only looks lets the lock go


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


def is_held(path: pathlib.Path) -> bool:
    """Say whether a process holds the lock; one that was killed does not.

    Where it cannot be told, a lock file that is there counts as held.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    except OSError:
        return True
    with file:
        try:
            _lock(file)
        except OSError:
            return True
    return False


def _held(path: pathlib.Path) -> IO[str]:
    while True:
        file = path.open("a")
        try:
            _lock_soon(file)
        except (BlockingIOError, PermissionError) as error:
            file.close()
            raise UsageError(
                f"another process is training in {path.parent}; wait for it, or give "
                "another `out`"
            ) from error
        if _is_at(path, file):
            return file
        file.close()  # its last holder has removed it meanwhile


def _lock_soon(file: IO[Any]) -> None:
    """Lock the file; try again once, if another process may only have looked at it."""
    try:
        _lock(file)
    except (BlockingIOError, PermissionError):
        time.sleep(LOOK)
        _lock(file)


def _lock(file: IO[Any]) -> None:
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
