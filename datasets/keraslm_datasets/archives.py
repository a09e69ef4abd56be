"""Archives are opened without trust: named members only, and none of an odd kind."""

import contextlib
import gzip
import itertools
import lzma
import pathlib
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO, cast

from keraslm.errors import DownloadError
from keraslm.files.writing import write_atomically

MEMBER_LIMIT = 4 * 1024**3  # bytes, four times what the largest member has
MOST_MEMBERS = 100_000
_BLOCK = 1 << 20
_DAMAGE = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,  # a compression that zipfile does not know
    RuntimeError,  # a member with a password
    ValueError,  # a number of a header that is none
    OverflowError,
)


def unpack(
    archive: pathlib.Path,
    members: Mapping[str, str],
    folder: pathlib.Path,
    limit: int = MEMBER_LIMIT,
) -> list[pathlib.Path]:
    """Write the named members of a .zip, .tar, .tgz or .gz archive into `folder`.

    `members` maps a member's name to the name of its file. Nothing else is written,
    whatever the archive holds; each file appears whole or not at all.

    Raises: DownloadError for a name that leads out of the folder, a member that is
        missing, is a link or a folder, or has more than `limit` bytes, and for a
        damaged archive; OSError if `folder` cannot be written to.
    """
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for member, name in members.items():
        target = folder / safe_name(name)
        with _open_member(archive, safe_name(member), limit) as source:
            _copy(source, target, limit)
        written.append(target)
    return written


def safe_name(name: str) -> str:
    """Return a member's name if it stays within the folder it is unpacked to.

    Raises: DownloadError for an absolute name, a drive, a backslash, a control
        character, or a part that is empty, "." or "..".
    """
    odd = re.search(r"[\\:\x00-\x1f\x7f]", name)
    if odd or any(part in {"", ".", ".."} for part in name.split("/")):
        raise DownloadError(
            f"a member of an archive must have a plain relative name; received {name!r}"
        )
    return name


class _Source:
    """A member's bytes, with errors that name the member."""

    def __init__(self, stream: IO[bytes], what: str) -> None:
        self.what = what
        self._stream = stream

    def read(self) -> bytes:
        with _damage(self.what):
            return self._stream.read(_BLOCK)


@contextlib.contextmanager
def _damage(what: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise DownloadError(
            f"{what} cannot be unpacked: {error}; remove the archive and fetch again"
        ) from error


@contextlib.contextmanager
def _open_member(archive: pathlib.Path, member: str, limit: int) -> Iterator[_Source]:
    with contextlib.ExitStack() as stack, _damage(f"{archive}: {member}"):
        if zipfile.is_zipfile(archive):
            zipped = stack.enter_context(zipfile.ZipFile(archive))
            stream = zipped.open(_plain_zip_member(zipped, archive, member, limit))
        elif archive.suffix == ".gz" and not archive.name.endswith(".tar.gz"):
            stream = cast(IO[bytes], gzip.GzipFile(archive))
        else:
            tar = stack.enter_context(tarfile.open(archive))
            stream = _plain_tar_member(tar, archive, member, limit)
        yield _Source(stack.enter_context(stream), f"{archive}: {member}")


def _plain_zip_member(
    zipped: zipfile.ZipFile, archive: pathlib.Path, member: str, limit: int
) -> zipfile.ZipInfo:
    try:
        info = zipped.getinfo(member)
    except KeyError as error:
        raise _missing(archive, member) from error
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.is_dir() or kind not in {0, stat.S_IFREG}:
        raise _not_plain(archive, member)
    if info.file_size > limit:
        raise _too_long(f"{archive}: {member}", limit)
    return info


def _plain_tar_member(
    tar: tarfile.TarFile, archive: pathlib.Path, member: str, limit: int
) -> IO[bytes]:
    # a size below 0 would send tarfile back, again and again
    members = itertools.takewhile(lambda info: info.size >= 0, tar)
    first = itertools.islice(members, MOST_MEMBERS)
    info = next((info for info in first if info.name == member), None)
    if info is None:
        raise _missing(archive, member)
    source = tar.extractfile(info) if info.isreg() else None
    if source is None:
        raise _not_plain(archive, member)
    if info.size > limit:
        raise _too_long(f"{archive}: {member}", limit)
    return source


def _copy(source: _Source, target: pathlib.Path, limit: int) -> None:
    """Copy block by block; the sizes an archive declares are not believed."""
    done = 0
    with write_atomically(target) as temporary, temporary.open("wb") as out:
        while block := source.read():
            done += len(block)
            if done > limit:
                raise _too_long(source.what, limit)
            out.write(block)


def _missing(archive: pathlib.Path, member: str) -> DownloadError:
    return DownloadError(f"{archive} has no member {member}; is it the right archive?")


def _not_plain(archive: pathlib.Path, member: str) -> DownloadError:
    return DownloadError(f"{archive}: {member} must be a plain file, not a link")


def _too_long(what: str, limit: int) -> DownloadError:
    return DownloadError(f"{what} must have at most {limit:,} bytes; it has more")


def cut(
    whole: pathlib.Path, folder: pathlib.Path, sizes: Mapping[str, int]
) -> list[pathlib.Path]:
    """Cut a file into consecutive files of the given bytes, the last taking the rest.

    A cut within a character of UTF-8 is moved to the character's end, so that every
    part can be read by itself.
    """
    last = list(sizes)[-1]
    with whole.open("rb") as source:
        for name, size in sizes.items():
            with write_atomically(folder / name) as path, path.open("wb") as out:
                _copy_stretch(source, out, None if name == last else size)
    return [folder / name for name in sizes]


def _copy_stretch(source: IO[bytes], out: IO[bytes], size: int | None) -> None:
    while size is None or size > 0:
        block = source.read(_BLOCK if size is None else min(_BLOCK, size))
        if not block:
            return
        out.write(block)
        size = None if size is None else size - len(block)
    while (byte := source.read(1)) and byte[0] & 0xC0 == 0x80:
        out.write(byte)  # bytes 10xxxxxx continue a character
    if byte:
        source.seek(-1, 1)
