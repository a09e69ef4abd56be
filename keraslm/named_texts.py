"""Texts that have a name and no path, such as "village:test", and who knows them.

The library does not know the datasets: `import keraslm` says who does.
"""

from collections.abc import Callable
from typing import Any, Protocol


class Catalogue(Protocol):
    """Opens texts and corpora by name."""

    def is_dataset(self, name: str) -> bool:
        """Say whether a name is a dataset's; a file of that very name is not."""

    def open_corpus(self, name: str, split: str) -> Any:
        """Open NAME[:SIZE] as a corpus."""

    def open_text(self, name: str) -> Any:
        """Open NAME[:SPLIT[:SIZE]] as a text."""

    def open_language(self, name: str) -> Any:
        """Give the language of a name, whose grammar is known."""

    def refuse_misspelt(self, name: str) -> None:
        """Raise a UsageError where a name must be a dataset's, and is nobody's."""


class _Nothing:
    """Knows no dataset."""

    def is_dataset(self, name: str) -> bool:
        return False

    def open_corpus(self, name: str, split: str) -> Any:
        raise NotImplementedError

    def open_text(self, name: str) -> Any:
        raise NotImplementedError

    def open_language(self, name: str) -> Any:
        raise NotImplementedError

    def refuse_misspelt(self, name: str) -> None:
        pass


_find: Callable[[], Catalogue] = _Nothing


def ask(find: Callable[[], Catalogue]) -> None:
    """Say who knows the datasets; `find` is called when a name must be looked up."""
    global _find  # noqa: PLW0603  set once, by the package
    _find = find


def catalogue() -> Catalogue:
    """Give who knows the datasets."""
    return _find()
