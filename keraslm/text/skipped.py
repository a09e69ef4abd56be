"""What is left out of a folder's text."""

from typing import NamedTuple


class Skipped(NamedTuple):
    """What is no part of a folder's text, by its path in the folder, and what it is."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"
