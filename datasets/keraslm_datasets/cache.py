"""The cache on disk: where a dataset lies, and which of its files were checked.

    KERASLM_HOME/datasets/NAME/     the texts, as train.txt, valid.txt, test.txt
    KERASLM_HOME/downloads/         archives as they came
    KERASLM_HOME/checked/NAME.json  the checksum of each file when it was checked

KERASLM_HOME is ~/.cache/keraslm unless the environment says otherwise; the standard
XDG_CACHE_HOME is respected.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib

from keraslm.errors import DownloadError
from keraslm.files import destinations
from keraslm.files.writing import write_atomically
from keraslm_datasets.cards import Card, RemoteFile


@dataclasses.dataclass(frozen=True)
class Checked:
    """What was found when a file was checked; `published` says against what."""

    sha256: str
    published: str
    bytes: int
    mtime_ns: int


def home() -> pathlib.Path:
    """Return the cache's folder, which need not exist yet."""
    explicit = os.environ.get("KERASLM_HOME")
    if explicit:
        return pathlib.Path(explicit).expanduser().absolute()
    base = pathlib.Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # the XDG rule: a relative path is ignored
        base = pathlib.Path("~/.cache").expanduser()
    return base / "keraslm"


def folder(card: Card) -> pathlib.Path:
    """Return where the texts of a dataset lie."""
    return home() / "datasets" / card.name


def place(card: Card, file: RemoteFile) -> pathlib.Path:
    """Return where a downloaded file lies, or may be put by hand."""
    if file.members:
        return home() / "downloads" / file.name
    return folder(card) / file.name


def make_folder(path: pathlib.Path) -> None:
    """Make a folder of the cache that can be written to.

    Raises: DownloadError, naming the folder and KERASLM_HOME, if that is impossible.
    """
    try:
        destinations.make_folder(path)
    except OSError as error:
        raise unwritable(path, error) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise unwritable(path, PermissionError("permission denied"))


def unwritable(path: pathlib.Path, error: OSError) -> DownloadError:
    """Return the error for a place in the cache that cannot be written to."""
    return DownloadError(
        f"the cache cannot be written at {path}: {error.strerror or error}; "
        f"set KERASLM_HOME to a folder with room that may be written to"
    )


def known_check(card: Card, file: RemoteFile) -> Checked | None:
    """Return what was found of a file, unless it has changed since or is not there."""
    entry = _read_checks(card).get(file.name)
    try:
        status = place(card, file).stat()
    except OSError:
        return None
    if entry is None or entry.bytes != status.st_size:
        return None
    return entry if entry.mtime_ns == status.st_mtime_ns else None


def check(card: Card, file: RemoteFile) -> Checked:
    """Hash a file of the cache, compare with what is published, and write it down.

    A file that was checked before and has not changed since is not hashed again.

    Raises: DownloadError if the file is not the published one.
    """
    kind, digest = file.published
    checked = known_check(card, file)
    if checked is not None and checked.published == _label(kind, digest):
        return checked
    path = place(card, file)
    sha256 = _digest(path, "sha256")
    received = sha256 if kind != "md5" else _digest(path, "md5")
    if kind and received != digest:
        raise DownloadError(
            f"{path} must have the {kind} {digest}; received {received}; "
            f"remove it and fetch again, or put the right file there"
        )
    status = path.stat()
    label = _label(kind, digest)
    found = Checked(sha256, label, status.st_size, status.st_mtime_ns)
    with contextlib.suppress(OSError):  # a cache shared read-only is still a cache
        _write_check(card, file, found)
    return found


def _label(kind: str, digest: str) -> str:
    return f"{kind}:{digest}" if kind else ""


def _digest(path: pathlib.Path, kind: str) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, kind).hexdigest()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}"
        raise DownloadError(message) from error


def _checks_file(card: Card) -> pathlib.Path:
    return home() / "checked" / f"{card.name}.json"


def _read_checks(card: Card) -> dict[str, Checked]:
    try:
        entries = json.loads(_checks_file(card).read_text(encoding="utf-8"))
        return {name: Checked(**entry) for name, entry in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # a lost or damaged record only costs another hash


def _write_check(card: Card, file: RemoteFile, found: Checked) -> None:
    checks = _read_checks(card) | {file.name: found}
    path = _checks_file(card)
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = {name: dataclasses.asdict(entry) for name, entry in checks.items()}
    with write_atomically(path) as temporary:
        temporary.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
