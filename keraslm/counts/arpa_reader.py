"""Reading ARPA files, and saying at which line one is wrong."""

import dataclasses
import itertools
import math
import os
import re
from collections.abc import Callable, Iterator
from typing import NoReturn

import numpy as np

from keraslm.counts.arpa import NEVER, lines_of
from keraslm.counts.sorting import NONE, find
from keraslm.counts.table import BackoffTable
from keraslm.counts.trie import Level, Trie, first_level
from keraslm.errors import ModelFileError
from keraslm.text.source import DAMAGED_GZIP, opened
from keraslm.text.vocabulary import Vocabulary

UNKNOWN, LINE_START, LINE_END = b"<unk>", b"<s>", b"</s>"
NO_WEIGHT = math.inf  # of an n-gram whose line ends with its last word
BLOCK = 1 << 14  # lines that are read at once
ROUNDING = 1e-6  # in nats, of the logarithm of 1


def read_arpa(path: str | os.PathLike[str]) -> tuple[Vocabulary, BackoffTable]:
    """Read the words and the table of an ARPA file, packed with gzip or not.

    Raises: ModelFileError with the line and the reason if the file is not whole and
        well-formed; UsageError, OSError as opening a file does.
    """
    try:
        with opened(path) as file:
            return _Reader(os.fspath(path), lines_of(path, file)).read()
    except DAMAGED_GZIP as error:
        raise ModelFileError(f"{path} is a damaged gzip file: {error}") from error


@dataclasses.dataclass
class _Section:
    """The n-grams of one order as they stand in the file; logarithms in nats.

    Shapes: words (n, ngrams) ids, log_p (ngrams,), log_b (ngrams,)
    """

    first_line: int
    words: np.ndarray
    log_p: np.ndarray
    log_b: np.ndarray


class _Reader:
    """Reads a file section by section, and knows at which line it is."""

    def __init__(self, path: str, lines: Iterator[bytes]) -> None:
        self._path = path
        self._lines = lines
        self._line = 0
        # `<s>` and `</s>` are one token: a history, and a word
        self._ids = {UNKNOWN: 0, LINE_END: 1, LINE_START: 1}
        self._met: dict[bytes, int] = {}  # the 1-grams, with their places

    def read(self) -> tuple[Vocabulary, BackoffTable]:
        sizes = self._header()
        log_p, log_b = self._unigrams(self._section(1, sizes[0], len(sizes) == 1))
        tokens = [word.decode() for word in self._ids if word != LINE_START]
        levels, all_p, all_b = [first_level(len(tokens))], [log_p], [log_b]
        for n, size in enumerate(sizes[1:], start=2):
            section = self._section(n, size, n == len(sizes))
            level, order = self._level(section, levels, all_b[-1])
            levels.append(level)
            all_p.append(section.log_p[order])
            all_b.append(section.log_b[order])
        self._expect(b"\\end\\")
        weights = [np.where(b == NO_WEIGHT, 0, b) for b in all_b[:-1]]
        return Vocabulary(tokens), BackoffTable(Trie(levels), all_p, weights)

    def _fail(self, reason: str, line: int | None = None) -> NoReturn:
        raise ModelFileError(f"{self._path}, line {line or self._line}: {reason}")

    def _expect(self, wanted: bytes) -> None:
        found = b""
        for line in self._lines:
            self._line += 1
            if found := line.strip():
                break
        if not found:
            self._fail(f"the file ends before {wanted.decode()}; it may be cut short")
        if found != wanted:
            self._fail(f"{wanted.decode()} was expected; received {_shown(found)}")

    def _blocks(self) -> Iterator[list[list[bytes]]]:
        """Read lines until an empty one, each cut at white space, BLOCK at a time."""
        rows: list[list[bytes]] = []
        for line in self._lines:
            self._line += 1
            parts = line.split()
            if parts:
                rows.append(parts)
            if len(rows) == BLOCK or not parts:
                yield rows
                rows = []
            if not parts:
                return
        yield rows

    def _header(self) -> list[int]:
        self._expect(b"\\data\\")
        sizes: list[int] = []
        first = self._line + 1
        for row in itertools.chain.from_iterable(self._blocks()):
            text = b" ".join(row)
            match = re.fullmatch(rb"ngram (\d{1,4}) ?= ?(\d{1,15})", text)
            if not match or int(match[1]) != len(sizes) + 1:
                wanted = f"ngram {len(sizes) + 1}=COUNT"
                line = first + len(sizes)
                self._fail(f"{wanted} was expected; received {_shown(text)}", line)
            sizes.append(int(match[2]))
        if not sizes:
            self._fail("\\data\\ gives no line such as ngram 1=COUNT")
        return sizes

    def _section(self, n: int, size: int, is_last: bool) -> _Section:
        self._expect(f"\\{n}-grams:".encode())
        first = line = self._line + 1
        blocks = []
        for rows in self._blocks():
            blocks.append(self._block(rows, n, is_last, line))
            line += len(rows)
            if line - first > size:
                self._fail(f"there are more {n}-grams than the {size} of \\data\\")
        if line - first < size:
            found = f"there are {line - first} {n}-grams"
            self._fail(f"{found}, but \\data\\ says {size}")
        words, log_p, log_b = zip(*blocks, strict=True)
        joined = np.concatenate(words, axis=1)
        return _Section(first, joined, np.concatenate(log_p), np.concatenate(log_b))

    def _block(
        self, rows: list[list[bytes]], n: int, is_last: bool, first: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Read some rows of a section, of which `first` is the line of the first."""
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        is_row = (lengths > n) & (lengths <= n + 2 - is_last)
        for place in np.flatnonzero(~is_row)[:1].tolist():
            after = "none after it" if is_last else "at most one after it"
            wanted = f"{n} words have a number before them and {after}"
            shown = _shown(b" ".join(rows[place]))
            self._fail(f"{wanted}; received {shown}", first + place)
        log_p = self._logarithms([row[0] for row in rows], first)
        self._check(first, log_p <= ROUNDING, "a probability must not exceed 1")
        has_weight = lengths == n + 2
        texts = [row[-1] if len(row) == n + 2 else b"0" for row in rows]
        log_b = np.where(has_weight, self._logarithms(texts, first), NO_WEIGHT)
        columns = [[row[place] for row in rows] for place in range(1, n + 1)]
        if n == 1:
            self._number(columns[0], first)
        words = [self._known(c, place, n, first) for place, c in enumerate(columns)]
        return np.array(words), log_p, log_b

    def _number(self, words: list[bytes], first: int) -> None:
        """Give each word of the 1-grams its id."""
        for place, word in enumerate(words):
            if word in self._met:
                self._fail(f"{_shown(word)} is there twice", first + place)
            if not _reads(bytes.decode, word):
                self._fail(f"{_shown(word)} is not UTF-8 text", first + place)
            self._met[word] = len(self._met)
            self._ids.setdefault(word, len(self._ids) - 1)

    def _known(self, words: list[bytes], place: int, n: int, first: int) -> np.ndarray:
        """Give the ids of one column of words; shapes: -> (ngrams,)."""
        for bound, at in ((LINE_START, 0), (LINE_END, n - 1)):
            if place != at and bound in words:
                reason = "<s> may only begin, and </s> only end, an n-gram"
                self._fail(reason, first + words.index(bound))
        try:
            return np.fromiter(map(self._ids.__getitem__, words), np.int64, len(words))
        except KeyError as error:
            word = error.args[0]
            line = first + words.index(word)
            self._fail(f"{_shown(word)} is not among the 1-grams", line)

    def _logarithms(self, texts: list[bytes], first: int) -> np.ndarray:
        """Give logarithms to base 10 in nats; NEVER is that of 0."""
        try:
            numbers = np.fromiter(map(float, texts), np.float64, len(texts))
        except ValueError:
            place = next(i for i, text in enumerate(texts) if not _reads(float, text))
            shown = _shown(texts[place])
            self._fail(f"a logarithm was expected; received {shown}", first + place)
        self._check(first, numbers < math.inf, "a logarithm must be a finite number")
        return np.where(numbers <= NEVER, -math.inf, numbers * math.log(10))

    def _unigrams(self, section: _Section) -> tuple[np.ndarray, np.ndarray]:
        """Put the words in the order of their ids; `<s>` gives a weight only."""
        for needed in (UNKNOWN, LINE_END):
            if needed not in self._met:
                self._fail(
                    f"{needed.decode()} is not among the 1-grams; estimate the model "
                    "with it (KenLM always does, SRILM with -unk)"
                )
        size = len(self._ids) - 1
        log_p, log_b = np.empty(size), np.zeros(size)
        is_word = np.arange(len(section.log_p)) != self._met.get(LINE_START, NONE)
        log_p[section.words[0][is_word]] = section.log_p[is_word]
        log_b[section.words[0]] = section.log_b
        log_b[1] = section.log_b[~is_word].sum()  # of <s>; 0 if it is not there
        return log_p, log_b

    def _level(
        self, section: _Section, levels: list[Level], log_b: np.ndarray
    ) -> tuple[Level, np.ndarray]:
        """Make the n-grams a level of the trie, and say in which order they stand.

        Shapes: log_b (ngrams of the order below,)
        """
        first, size = section.first_line, levels[0].vocabulary_size
        history = section.words[0]
        for level, word in zip(levels[1:], section.words[1:-1], strict=True):
            history = find(level.keys, history * size + word)
            self._check(first, history != NONE, "its history is not in the order below")
        has_weight = log_b[history] != NO_WEIGHT
        self._check(first, has_weight, "its history has no back-off weight")
        keys = history * size + section.words[-1]
        order = np.argsort(keys, kind="stable")
        is_new = np.ones(len(keys), dtype=bool)
        is_new[order[1:]] = np.diff(keys[order]) != 0
        self._check(first, is_new, "the n-gram is there twice")
        return Level(keys[order], len(levels[-1]), size), order

    def _check(self, first_line: int, holds: np.ndarray, reason: str) -> None:
        if not holds.all():
            self._fail(reason, first_line + int(np.argmin(holds)))


def _reads(read: Callable[[bytes], object], text: bytes) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _shown(text: bytes) -> str:
    return repr(text[:60].decode("utf-8", "replace"))
