"""Reading vectors of words, and saying at which line a file is wrong."""

import dataclasses
import itertools
import os
from collections.abc import Collection, Iterator
from typing import IO, NoReturn

import numpy as np
import numpy.typing as npt

from keraslm.errors import VectorFileError
from keraslm.vectors.formats import HEAD, Format, tell_format
from keraslm.vectors.opening import opened_vectors
from keraslm.vectors.word_vectors import WordVectors

CHUNK = 1 << 18  # bytes that are read at once
SHOWN = 10  # of the bad lines


@dataclasses.dataclass(frozen=True)
class Reading:
    """The vectors of a file that were kept, and what was met on the way.

    `words` counts the vectors that were read; `duplicates` those, among the words that
    were kept, that came after the first. `reasons` are of the first of the bad lines.
    """

    vectors: WordVectors
    format: str
    words: int
    duplicates: int
    bad_lines: int
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        told = f"{self.format}, {self.words:,} words x {self.vectors.width}"
        if self.duplicates:
            told += f", duplicates left out: {self.duplicates:,}"
        if self.bad_lines:
            told += f", bad lines left out: {self.bad_lines:,} ({self.reasons[0]})"
        return told


def read_vectors(
    path: str | os.PathLike[str],
    wanted: Collection[str] | None = None,
    skip_bad_lines: bool = False,
    limit: int | None = None,
) -> Reading:
    """Read the vectors of a file; of a word that comes twice, the first.

    The file is GloVe text, word2vec or fastText text, or word2vec binary, packed with
    gzip or not, or FILE.zip:MEMBER. With `wanted`, only those words are kept, as they
    are and lower-cased, and the numbers of the others are counted but not read. With
    `limit`, only so many of the file's first words are read.

    Raises: UsageError if there is no such file; VectorFileError with the line and the
        reason if it is malformed and bad lines are not to be skipped.
    """
    with opened_vectors(path) as file:
        head = file.read(HEAD)
        reader = _Reader(os.fspath(path), _told(path, head), skip_bad_lines)
        return reader.read(_chunks(head, file), _both_cases(wanted), limit)


def read_width(path: str | os.PathLike[str]) -> int:
    """Tell how many numbers the vectors of a file have, by its first lines.

    Raises: as `read_vectors`.
    """
    with opened_vectors(path) as file:
        return _told(path, file.read(HEAD)).layout.width


def _told(path: str | os.PathLike[str], head: bytes) -> Format:
    try:
        return tell_format(head)
    except ValueError as error:
        raise VectorFileError(f"{path} is no file of vectors: {error}") from error


def _chunks(head: bytes, file: IO[bytes]) -> Iterator[bytes]:
    yield head
    while chunk := file.read(CHUNK):
        yield chunk


def _both_cases(wanted: Collection[str] | None) -> set[str] | None:
    return None if wanted is None else {*wanted, *(word.lower() for word in wanted)}


class _Reader:
    """Reads a file word by word, and knows at which it is."""

    def __init__(self, path: str, form: Format, skips: bool) -> None:
        self._path = path
        self._form = form
        self._skips = skips
        self._kept: dict[str, npt.NDArray[np.float32]] = {}
        self._words = self._duplicates = self._bad = 0
        self._reasons: list[str] = []

    def read(
        self, chunks: Iterator[bytes], wanted: set[str] | None, limit: int | None
    ) -> Reading:
        chunks = itertools.chain([next(chunks)[self._form.start :]], chunks)
        records = self._form.layout.records(chunks)
        met = 0
        try:
            for record in itertools.islice(records, limit):
                self._take(self._form.first + met, record, wanted)
                met += 1
        except ValueError as error:  # of a line that does not end
            self._fail(self._at(self._form.first + met, error))
        if limit is None and self._form.claimed not in (None, met):
            self._leave_out(
                f"line 1 tells {self._form.claimed:,} words, and {met:,} are there"
            )
        if not self._words:
            self._fail("it holds no vector")
        return self._reading()

    def _take(self, number: int, record: bytes, wanted: set[str] | None) -> None:
        """Keep a word's vector, if the word is wanted and new."""
        layout = self._form.layout
        try:
            token, numbers = layout.split(record)
            word = token.decode()  # its error is a ValueError
            if word in self._kept:
                self._duplicates += 1
            elif wanted is None or word in wanted:
                self._kept[word] = layout.vector(numbers)
        except ValueError as error:
            self._leave_out(self._at(number, error))
        else:
            self._words += 1

    def _at(self, number: int, reason: ValueError) -> str:
        return f"{self._form.layout.unit} {number}: {reason}"

    def _leave_out(self, reason: str) -> None:
        """Count what is wrong, or fail."""
        if not self._skips:
            self._fail(f"{reason} (`skip_bad_lines=True` leaves such lines out)")
        self._bad += 1
        if len(self._reasons) < SHOWN:
            self._reasons.append(reason)

    def _fail(self, reason: str) -> NoReturn:
        raise VectorFileError(f"{self._path}, {reason}")

    def _reading(self) -> Reading:
        matrix = np.empty((len(self._kept), self._form.layout.width), np.float32)
        for row, vector in enumerate(self._kept.values()):
            matrix[row] = vector
        return Reading(
            WordVectors(tuple(self._kept), matrix),
            self._form.name,
            self._words,
            self._duplicates,
            self._bad,
            tuple(self._reasons),
        )
