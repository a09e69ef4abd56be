"""Model files for the fuzz targets, to be changed member by member.

A bit that changes in an archive only shows that checksums work. So the bytes that are
changed are the members, one after another, and the archive is made of them; bytes that
are no such list are taken for an archive.
"""

import pathlib
import zipfile

from harness import file_of

from keraslm.files.members import write_members

MARK = b"\n--member--\n"


def unpacked(path: pathlib.Path) -> bytes:
    """Write the members of a model file one after another."""
    with zipfile.ZipFile(path) as file:
        parts = [name.encode() + b"\n" + file.read(name) for name in file.namelist()]
    return MARK + MARK.join(parts)


def packed(data: bytes) -> bytes:
    """Make an archive of the members."""
    if not data.startswith(MARK):
        return data
    members = {}
    for part in data.split(MARK)[1:]:
        name, _, body = part.partition(b"\n")
        members[name.decode("latin-1")] = body
    with file_of(b"", ".keras") as path:
        write_members(path, members)
        return path.read_bytes()
