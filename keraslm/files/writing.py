"""Files are written beside their place and moved there; none is ever half-written."""

import contextlib
import errno
import os
import pathlib
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator

from keraslm.errors import KeraslmError, UsageError
from keraslm.files.destinations import Destination, Name, destination

LONGEST = 40  # characters of a name, and of its suffix, that a temporary name keeps


@contextlib.contextmanager
def write_atomically(path: Name) -> Iterator[pathlib.Path]:
    """Yield a temporary path, whose content becomes that of `path` after the block.

    A regular file is replaced and keeps its permissions: the temporary file lies in the
    same folder. Of a link, the file that it leads to is. A pipe or device is written
    to. The temporary file keeps the suffix, so that writers that look at the suffix
    work. After an error, or a kill, a file is what it was; after the block, it is on
    the disk.

    Raises: UsageError if links lead in a circle; OSError that names `path`;
        KeraslmError if whoever read the pipe has gone.
    """
    found = destination(path)
    temporary = _new_temporary(path, found)
    try:
        with _own_name(path, temporary, found):
            yield temporary
            if found.is_stream:
                _pour(temporary, found)
            else:
                _move(temporary, found)
    finally:
        temporary.unlink(missing_ok=True)


def read_small(path: Name, largest: int, kind: str) -> bytes:
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
    place = destination(path).place
    prefix, suffix = _around(place, path)
    return sorted(place.parent.glob(f"{prefix}????????{suffix}"))


def flush_to_disk(path: pathlib.Path) -> None:
    """Wait until what was written to a file is on the disk; a pipe has no disk."""
    if path.is_file():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _new_temporary(path: Name, found: Destination) -> pathlib.Path:
    """Make the file beside its place; what a pipe gets, in the system's own folder."""
    if found.is_folder:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    prefix, suffix = _around(found.place, path)
    folder = None if found.is_stream else found.place.parent
    try:
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=folder)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    os.close(handle)
    return pathlib.Path(name)


def _around(place: pathlib.Path, path: Name) -> tuple[str, str]:
    return f".{place.stem[:LONGEST]}-", pathlib.Path(path).suffix[:LONGEST]


@contextlib.contextmanager
def _own_name(
    path: Name, temporary: pathlib.Path, found: Destination
) -> Iterator[None]:
    """Let an error of writing speak of the path that the user gave."""
    try:
        yield
    except BrokenPipeError as error:
        if not found.is_stream or found.descriptor == 1:
            raise  # whoever reads what is printed has gone
        raise KeraslmError(
            f"cannot write {path}: what reads it has closed it"
        ) from error
    except OSError as error:
        if error.errno is None or str(error.filename or temporary) != str(temporary):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def _move(temporary: pathlib.Path, found: Destination) -> None:
    flush_to_disk(temporary)
    if found.status is None:
        temporary.chmod(0o666 & ~_umask())  # mkstemp makes it private
    else:
        _give_permissions(temporary, found.status)
    temporary.replace(found.place)
    _flush_folder(found.place.parent)


def _give_permissions(file: pathlib.Path, of: os.stat_result) -> None:
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):  # only the superuser gives files away
            os.chown(file, of.st_uid, of.st_gid)
    file.chmod(stat.S_IMODE(of.st_mode) & 0o777)


def _pour(temporary: pathlib.Path, found: Destination) -> None:
    for printed in (sys.stdout, sys.stderr):
        if printed is not None:
            printed.flush()  # what was printed before comes before
    if found.descriptor is None:
        opened = found.place.open("wb", buffering=0)
    else:
        opened = os.fdopen(os.dup(found.descriptor), "wb", buffering=0)
    with opened, temporary.open("rb") as file:
        shutil.copyfileobj(file, opened)


def _flush_folder(folder: pathlib.Path) -> None:
    """Flush the names in a folder, so that the move itself outlasts a power cut."""
    if os.name == "nt":  # has no way to open a folder
        return
    with contextlib.suppress(PermissionError):  # it may be written to, but not read
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
