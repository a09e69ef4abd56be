"""Files are written beside their place and moved there; none is ever half-written."""

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterator

from keraslm.errors import UsageError


@contextlib.contextmanager
def write_atomically(path: str | os.PathLike[str]) -> Iterator[pathlib.Path]:
    """Yield a temporary path that replaces `path` when the block ends without an error.

    The temporary file lies in the same folder and keeps the suffix, so that writers
    that look at the suffix work. After an error, or a kill, `path` is what it was;
    after the block, it is on the disk.
    """
    path = pathlib.Path(path)
    handle, name = tempfile.mkstemp(
        prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
    )
    os.close(handle)
    temporary = pathlib.Path(name)
    try:
        yield temporary
        flush_to_disk(temporary)
        temporary.chmod(0o666 & ~_umask())  # mkstemp makes it private
        temporary.replace(path)
        _flush_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def read_small(path: str | os.PathLike[str], largest: int, kind: str) -> bytes:
    """Read a file of a kind that is never larger than so many bytes.

    Raises: UsageError if there is none, it is larger, or it is a pipe or the like.
    """
    file = pathlib.Path(path)
    try:
        if file.exists() and not file.is_file():
            raise UsageError(f"cannot read {path}: it is no file")
        with file.open("rb") as opened:
            data = opened.read(largest + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    if len(data) > largest:
        raise UsageError(f"{path} is larger than {largest} bytes: no {kind}")
    return data


def leftovers(path: pathlib.Path) -> list[pathlib.Path]:
    """Find the temporary files that killed processes left beside a path.

    Its name may hold wildcards.
    """
    return sorted(path.parent.glob(f".{path.stem}-????????{path.suffix}"))


def flush_to_disk(path: pathlib.Path) -> None:
    """Wait until what was written to a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: pathlib.Path) -> None:
    """Flush the names in a folder, so that the move itself outlasts a power cut."""
    if os.name == "nt":  # has no way to open a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
