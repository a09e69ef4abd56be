"""A text that is read in chunks, again and again, and never held as a whole."""

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from keraslm.errors import CorpusError
from keraslm.text.decoding import one_newline


class Measure(NamedTuple):
    """The size of a text and the hash that identifies it."""

    characters: int
    bytes: int
    sha256: str


class Text:
    """A stretch of decoded text with "\\n" line ends.

    `characters`, `bytes` and `sha256` are of exactly this stretch: of its text in
    UTF-8 without byte order mark. They cost one pass, the first time one is asked.
    """

    def __init__(self, name: str, read: Callable[[], Iterator[str]]) -> None:
        self.name = name
        self._read = read

    @classmethod
    def from_string(cls, text: str, name: str = "text") -> "Text":
        """A text held in memory."""
        text = one_newline(text)
        return cls(name, lambda: iter((text,) if text else ()))

    def chunks(self) -> Iterator[str]:
        """Yield the text in pieces of about a megabyte, from the start."""
        return self._read()

    def stretch(self, start: int, stop: int, name: str) -> "Text":
        """The text from character `start` up to, not including, `stop`."""
        return Text(name, lambda: _between(self.chunks(), start, stop))

    @property
    def characters(self) -> int:
        """The number of Unicode characters."""
        return self._measure.characters

    @property
    def bytes(self) -> int:
        """The number of bytes in UTF-8."""
        return self._measure.bytes

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text in UTF-8."""
        return self._measure.sha256

    @functools.cached_property
    def _measure(self) -> Measure:
        return _measured(self.chunks(), self.name)


def _measured(chunks: Iterable[str], name: str) -> Measure:
    characters = size = 0
    digest = hashlib.sha256()
    for chunk in chunks:
        try:
            data = chunk.encode("utf-8")
        except UnicodeEncodeError as error:
            raise CorpusError(
                f"{name} holds half a surrogate pair at character "
                f"{characters + error.start}, which is no Unicode text"
            ) from error
        characters, size = characters + len(chunk), size + len(data)
        digest.update(data)
    return Measure(characters, size, digest.hexdigest())


def _between(chunks: Iterable[str], start: int, stop: int) -> Iterator[str]:
    position = 0
    for chunk in chunks:
        if position >= stop:
            return
        if piece := chunk[max(start - position, 0) : stop - position]:
            yield piece
        position += len(chunk)
