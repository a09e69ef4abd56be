"""A text that is read in chunks, again and again, and never held as a whole."""

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from keraslm.errors import CorpusError
from keraslm.text.decoding import one_newline
from keraslm.text.language import Language


class Measure(NamedTuple):
    """The size of a text and the hash that identifies it."""

    characters: int
    bytes: int
    sha256: str


class Text:
    """A stretch of decoded text with "\\n" line ends.

    `characters`, `bytes` and `sha256` are of exactly this stretch: of its text in
    UTF-8 without byte order mark. They cost one pass, the first time one is asked.
    `language` is the one that the text is written in, if its grammar is known.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[], Iterator[str]],
        language: Language | None = None,
    ) -> None:
        self.name = name
        self._read = read
        self.language = language
        self._sentences: tuple[str, ...] | None = None

    @classmethod
    def from_string(
        cls, text: str, name: str = "text", language: Language | None = None
    ) -> "Text":
        """A text held in memory."""
        text = one_newline(text)
        return cls(name, lambda: iter((text,) if text else ()), language)

    def chunks(self) -> Iterator[str]:
        """Yield the text in pieces of about a megabyte, from the start."""
        return self._read()

    def stretch(self, start: int, stop: int, name: str) -> "Text":
        """The text from character `start` up to, not including, `stop`."""
        return Text(name, lambda: _between(self.chunks(), start, stop), self.language)

    def lines(self) -> Iterator[str]:
        """Yield the lines without their newlines; a last one may have had none."""
        rest = ""
        for chunk in self.chunks():
            *whole, rest = (rest + chunk).split("\n")
            yield from whole
        if rest:
            yield rest

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

    def sentences(self) -> tuple[str, ...]:
        """Give the lines of a text whose language is known, else none; read once."""
        if self._sentences is None:
            self._sentences = tuple(self.lines()) if self.language else ()
        return self._sentences

    def ask_grammar(self) -> np.ndarray:
        """Give `language_log_probabilities`: later calls do not read the text again."""
        return self.language_log_probabilities

    @functools.cached_property
    def language_log_probabilities(self) -> np.ndarray:
        """The log P of each word and line end by the grammar of the text's language.

        -inf from the first one on that is not of the language, where it also ends.
        Shapes: (words and line ends,), in nats; none where the language is not known
        """
        found, language = [np.zeros(0)], self.language
        if language is None:
            return found[0]
        for line in self.sentences():
            found.append(language.token_log_probabilities(line))
            if not np.isfinite(found[-1][-1]):
                break
        return np.concatenate(found)

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
