"""A text that is read in chunks, again and again, and never held as a whole."""

import functools
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from keraslm.errors import CorpusChanged, CorpusError, KeraslmError
from keraslm.text.decoding import one_newline
from keraslm.text.language import Language
from keraslm.text.origin import Origin
from keraslm.text.skipped import Skipped


class Measure(NamedTuple):
    """The size of a text, the hash that identifies it, the first fault in it."""

    characters: int = 0
    bytes: int = 0
    sha256: str = ""
    half_pair: int | None = None  # the place of half a surrogate pair


class Text:
    """Decoded text with "\\n" line ends.

    `characters`, `bytes` and `sha256` are of exactly this text, in
    UTF-8 without byte order mark. They are known once it was read to its end, and cost
    a pass if they are asked before. Every later pass must read the same text.
    `language` is the one that the text is written in, if its grammar is known;
    `origin` are the files that it lies in, if others can read them too.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[], Iterator[str]],
        skipped: tuple[Skipped, ...] = (),
        language: Language | None = None,
        origin: Origin | None = None,
    ) -> None:
        self.name = name
        self.skipped = skipped  # what in a folder is no part of it
        self._read = read
        self._known: Measure | None = None
        self.language = language
        self.origin = origin
        self._sentences: tuple[str, ...] | None = None

    @classmethod
    def from_string(
        cls, text: str, name: str = "text", language: Language | None = None
    ) -> "Text":
        """A text held in memory."""
        text = one_newline(text)
        return cls(name, lambda: iter((text,) if text else ()), language=language)

    def chunks(self) -> Iterator[str]:
        """Yield the text in pieces of about a megabyte, from the start.

        Raises: CorpusChanged if it is gone, or at its end if it is not what was read
            first.
        """
        return self._metered(_Meter())

    def part(self, start: int, stop: int | None, name: str) -> "Text":
        """The text from character `start` up to, not including, `stop`, or the end."""
        end = sys.maxsize if stop is None else stop
        origin = self.origin.up_to(end) if self.origin and not start else None
        return Text(
            name,
            lambda: _between(self.chunks(), start, end),
            language=self.language,
            origin=origin,
        )

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

    @property
    def _measure(self) -> Measure:
        if self._known is None:
            for _ in self.chunks():
                pass
        known = self._known or Measure()
        if known.half_pair is not None:
            raise CorpusError(
                f"{self.name} holds half a surrogate pair at character "
                f"{known.half_pair}, which is no Unicode text"
            )
        return known

    def _metered(self, meter: "_Meter") -> Iterator[str]:
        try:
            for chunk in self._read():
                meter.add(chunk)
                yield chunk
        except CorpusChanged:
            raise
        except KeraslmError as error:
            if self._known is None:
                raise
            raise CorpusChanged(f"{error}; it could be read before") from error
        found, known = meter.measure, self._known or meter.measure
        if found != known:
            raise CorpusChanged(
                f"{self.name} has changed since it was first read "
                f"(SHA-256 {known.sha256[:12]}..., now {found.sha256[:12]}...); "
                "start again, and leave it alone meanwhile"
            )
        self._known = found


class _Meter:
    """Counts and hashes the chunks of a text."""

    def __init__(self) -> None:
        self._characters = self._bytes = 0
        self._half_pair: int | None = None
        self._digest = hashlib.sha256()

    def add(self, chunk: str) -> None:
        """Take the next chunk."""
        try:
            data = chunk.encode("utf-8")
        except UnicodeEncodeError as error:
            data = chunk.encode("utf-8", "surrogatepass")
            if self._half_pair is None:
                self._half_pair = self._characters + error.start
        self._characters += len(chunk)
        self._bytes += len(data)
        self._digest.update(data)

    @property
    def measure(self) -> Measure:
        """What came of all chunks."""
        digest = self._digest.hexdigest()
        return Measure(self._characters, self._bytes, digest, self._half_pair)


def _between(chunks: Iterable[str], start: int, stop: int) -> Iterator[str]:
    position = 0
    for chunk in chunks:
        if position >= stop:
            return
        if piece := chunk[max(start - position, 0) : stop - position]:
            yield piece
        position += len(chunk)
