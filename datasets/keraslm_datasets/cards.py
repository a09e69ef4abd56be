"""The cards of the catalogue: what a dataset is, whose it is and how it is checked."""

import dataclasses
import functools
import pathlib
import tomllib
from typing import Any

SPLIT_FILES = ("train.txt", "valid.txt", "test.txt")
CATALOGUE_FILE = pathlib.Path(__file__).with_name("catalogue.toml")


@dataclasses.dataclass(frozen=True)
class RemoteFile:
    """One file to download: its mirrors, its published checksums, what is inside.

    `members` maps the members of an archive that are unpacked to their file names;
    it is empty for a file that is used as it is.
    """

    name: str
    urls: tuple[str, ...]
    sha256: str = ""
    md5: str = ""
    checksum: str = ""
    bytes: int | None = None
    members: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def published(self) -> tuple[str, str]:
        """The kind and digest of the strongest published checksum, or two empties."""
        if self.sha256:
            return "sha256", self.sha256
        return ("md5", self.md5) if self.md5 else ("", "")


@dataclasses.dataclass(frozen=True)
class Card:
    """A dataset: title, licence, source, splits, size in bytes and tokens, citation.

    `kind` is "generated", "text" or "vectors"; `tokens` are counted in `unit`; `cut`
    gives the bytes of train, valid and test of a corpus that comes in one piece.
    """

    name: str
    title: str
    kind: str
    level: str
    licence: str
    source: str
    split: str
    citation: str
    unit: str
    bytes: int | None = None
    tokens: int | None = None
    note: str = ""
    cut: tuple[int, ...] = ()
    files: tuple[RemoteFile, ...] = ()

    @property
    def has_splits(self) -> bool:
        """Whether the texts come as train.txt, valid.txt and test.txt."""
        members = {name for file in self.files for name in file.members.values()}
        return bool(self.cut) or "train.txt" in members | {f.name for f in self.files}

    @property
    def is_packed(self) -> bool:
        """Whether the texts must be unpacked from an archive before their use."""
        return self.kind == "text" and any(file.members for file in self.files)

    def to_dict(self) -> dict[str, Any]:
        """Return the card as plain values, for JSON."""
        return dataclasses.asdict(self)


def read_cards() -> dict[str, Card]:
    """Return the cards of the catalogue by name, in the order of the file."""
    return _read(CATALOGUE_FILE)


@functools.cache
def _read(path: pathlib.Path) -> dict[str, Card]:
    with path.open("rb") as file:
        tables = tomllib.load(file)
    return {name: _card(name, table) for name, table in tables.items()}


def _card(name: str, table: dict[str, Any]) -> Card:
    files = tuple(_remote_file(entry) for entry in table.pop("file", []))
    return Card(name=name, files=files, cut=tuple(table.pop("cut", ())), **table)


def _remote_file(entry: dict[str, Any]) -> RemoteFile:
    return RemoteFile(urls=tuple(entry.pop("urls")), **entry)
