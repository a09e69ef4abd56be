"""Where an output goes: links are followed, pipes and devices told from files.

An output is checked before the work that fills it: a wrong name costs no time, and the
error speaks of the name that was given.
"""

import errno
import os
import pathlib
import stat
import tempfile
from typing import NamedTuple

from keraslm.errors import UsageError

Name = str | os.PathLike[str]

MOST_LINKS = 40  # as Linux follows
DESCRIPTORS = "/dev/fd"


class Destination(NamedTuple):
    """What an output's name leads to.

    `place` is where its links end. `descriptor` is set where that is an open file of
    this process: /dev/stdout, /dev/fd/63. `status` is None where nothing is there yet.
    """

    place: pathlib.Path
    descriptor: int | None
    status: os.stat_result | None

    @property
    def is_stream(self) -> bool:
        """Say whether it is a pipe, a device or an open file, which is written to."""
        is_open = self.descriptor is not None
        return is_open or (self.status is not None and not self._is_plain)

    @property
    def _is_plain(self) -> bool:
        return self.is_folder or self.is_file

    @property
    def is_folder(self) -> bool:
        """Say whether a folder is there."""
        return self.status is not None and stat.S_ISDIR(self.status.st_mode)

    @property
    def is_file(self) -> bool:
        """Say whether a regular file is there, one that would be replaced."""
        if self.descriptor is not None or self.status is None:
            return False
        return stat.S_ISREG(self.status.st_mode)


def destination(path: Name) -> Destination:
    """Follow the links of an output's name, a last one that dangles too.

    Raises: UsageError if they lead in a circle, the name is empty, or what is there
        cannot be looked at.
    """
    if not os.fspath(path):
        raise UsageError("the name of an output is empty")
    place = pathlib.Path(path)
    try:
        for _ in range(MOST_LINKS):
            if (number := _descriptor(place)) is not None:
                return Destination(place, number, os.fstat(number))
            if not place.is_symlink():
                return Destination(place, None, _status(place))
            if _leads_to_what_has_no_name(place):
                return Destination(place, None, place.stat())
            place = place.parent / place.readlink()
    except OSError as error:
        raise _unwritable(path, error) from error
    raise UsageError(f"cannot write {path}: its symbolic links lead in a circle")


def check_file(path: Name) -> Destination:
    """Refuse before any work the name of a file that cannot be written.

    Raises: UsageError if the folder is missing or cannot be written to, a folder has
        the name, or the file or the pipe must not be written.
    """
    found = destination(path)
    if found.is_folder:
        raise UsageError(f"{path} is a folder; give the name of a file")
    if found.is_stream:
        _check_stream(path, found)
    else:
        _check_place(path, found)
    return found


def check_folder(path: Name) -> None:
    """Refuse before any work the name of a folder that cannot be written to, or made.

    Raises: UsageError
    """
    found = destination(path)
    if found.status is not None and not found.is_folder:
        kind = "a file" if found.is_file else "no folder"
        raise UsageError(f"{path} is {kind}; give the name of a folder")
    folder = found.place.absolute()
    while not os.path.lexists(folder):
        folder = folder.parent
    try:
        _try_to_write_in(folder)
    except OSError as error:
        where = "" if folder.name == found.place.name else f" in {folder}"
        reason = f"{error.strerror or error}{where}"
        raise UsageError(
            f"cannot write to {path} ({reason}); give another place"
        ) from error


def make_folder(path: Name) -> None:
    """Make a folder and those above it, also where a link to it dangles.

    Raises: OSError
    """
    destination(path).place.mkdir(parents=True, exist_ok=True)


def remove(path: Name) -> None:
    """Remove a regular file, of a link the one that it leads to; the link stays."""
    found = destination(path)
    if found.is_file:
        found.place.unlink(missing_ok=True)


def _descriptor(place: pathlib.Path) -> int | None:
    """Give the number of an open file of this process, if this is the name of one."""
    name = place.name
    if not (name.isascii() and name.isdigit()):
        return None
    folder = os.path.realpath(place.parent)
    return int(name) if folder == os.path.realpath(DESCRIPTORS) else None


def _leads_to_what_has_no_name(link: pathlib.Path) -> bool:
    """Tell a pipe of another process, /proc/8/fd/1, whose link has no real path."""
    return link.exists() and not os.path.lexists(link.parent / link.readlink())


def _status(place: pathlib.Path) -> os.stat_result | None:
    try:
        return place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _check_stream(path: Name, found: Destination) -> None:
    if found.descriptor is None and found.place.is_socket():
        raise UsageError(f"{path} is a socket; give the name of a file or a pipe")
    if not _may_write_stream(found):
        raise UsageError(f"cannot write {path}: {os.strerror(errno.EACCES)}")


def _may_write_stream(found: Destination) -> bool:
    if found.descriptor is None:
        return os.access(found.place, os.W_OK)
    if os.name == "nt":
        return True
    import fcntl

    flags = fcntl.fcntl(found.descriptor, fcntl.F_GETFL)
    return flags & os.O_ACCMODE != os.O_RDONLY


def _check_place(path: Name, found: Destination) -> None:
    folder, name = found.place.parent, found.place.name
    if not folder.is_dir():
        link = "" if found.place == pathlib.Path(path) else f", where {path} leads"
        raise UsageError(f"there is no folder {str(folder)!r} to write {name}{link}")
    try:
        if found.is_file and not os.access(found.place, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        _try_to_write_in(folder)
    except OSError as error:
        raise _unwritable(path, error) from error


def _try_to_write_in(folder: pathlib.Path) -> None:
    """Make a file without a name: only that tells of every reason why it cannot be."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def _unwritable(path: Name, error: OSError) -> UsageError:
    reason = error.strerror or str(error)
    return UsageError(f"cannot write {path}: {reason}; give another place")
