"""The sections of an ARPA file, one an order, as arrays; a fault is said with its line.

References: Stolcke (2002), SRILM's ngram-format(5), where -99 is the logarithm of 0.
"""

import math
import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn

import numpy as np

from keraslm.counts.arpa import NEVER, TOKENIZER
from keraslm.counts.arpa_lines import OTHERS, Lines, Row
from keraslm.errors import ModelFileError
from keraslm.text.decoding import likely_encoding

UNKNOWN, LINE_START, LINE_END = b"<unk>", b"<s>", b"</s>"
END = 1  # the id of `</s>`
START = -2  # `<s>` until the histories that it begins are known: then END, too
ROUNDING = 1e-6  # in nats, of the logarithm of 1
SAMPLE = 1000  # numbers of a block whose digits are counted
EXACT = 17  # digits of a number that was not rounded


class Section(NamedTuple):
    """The n-grams of one order as they stand in the file; logarithms in nats.

    Shapes: words (n, ngrams) ids, the others (ngrams,); of order 1 there are no ids
    """

    words: np.ndarray
    log_p: np.ndarray
    log_b: np.ndarray
    lines: np.ndarray

    def only(self, kept: np.ndarray) -> "Section":
        """Leave out the n-grams that are not kept."""
        return Section(*(part[..., kept] for part in self))


class Sections:
    """Reads a file section by section.

    `ids` are those that the words of higher orders have; `met` are the 1-grams.
    """

    def __init__(self, path: str, lines: Lines) -> None:
        self.path = path
        self.ids = {UNKNOWN: 0, LINE_END: END, LINE_START: START}
        self.met: dict[bytes, None] = {}
        self._lines = lines
        self._digits = {"probability": 0, "weight": 0}

    @property
    def digits(self) -> int:
        """How many digits the logarithms have that were read, as far as rounded."""
        return min(filter(None, self._digits.values()), default=EXACT)

    def tokenizer(self) -> str | None:
        """Read the comments before the file's first keyword."""
        found = [re.fullmatch(TOKENIZER, line) for line in self._lines.comments()]
        return next((match[1].decode() for match in found if match), None)

    def sizes(self) -> list[int]:
        """Read how many n-grams there are of each order."""
        self._expect(b"\\data\\")
        sizes: list[int] = []
        for rows, lines in self._lines.blocks():
            for row, line in zip(rows, lines, strict=True):
                text = b" ".join(row)
                match = re.fullmatch(rb"ngram (\d{1,4}) ?= ?(\d{1,15})", text)
                if not match or int(match[1]) != len(sizes) + 1:
                    wanted = f"ngram {len(sizes) + 1}=COUNT"
                    self.fail(f"{wanted} was expected; received {_shown(text)}", line)
                sizes.append(int(match[2]))
        if not sizes:
            self.fail("\\data\\ gives no line such as ngram 1=COUNT")
        return sizes

    def section(self, n: int, sizes: list[int]) -> Section:
        self._expect(f"\\{n}-grams:".encode())
        size, met, parts = sizes[n - 1], 0, []
        for rows, lines in self._lines.blocks():
            if met + len(rows) > size:
                reason = f"there are more {n}-grams than the {size} of \\data\\"
                self.fail(reason, lines[size - met])
            met += len(rows)
            parts.append(self._part(rows, n, np.array(lines, np.int64)))
        if met < size:
            self.fail(f"there are {met} {n}-grams, but \\data\\ says {size}")
        columns = zip(*parts, strict=True)
        section = Section(*(np.concatenate(column, axis=-1) for column in columns))
        if n == len(sizes):
            reason = "an n-gram of the highest order has no back-off weight but 0"
            self.check(section.lines, section.log_b == 0, reason)
        return section

    def end(self) -> None:
        """See that the file ends as it must."""
        self._expect(b"\\end\\")
        if after := self._lines.keyword():
            self.fail(f"nothing may follow \\end\\; received {_shown(after)}")

    def fail(self, reason: str, line: int | None = None) -> NoReturn:
        line = self._lines.number if line is None else line
        raise ModelFileError(f"{self.path}, line {line}: {reason}")

    def check(self, lines: np.ndarray, holds: np.ndarray, reason: str) -> None:
        if not holds.all():
            self.fail(reason, int(lines[np.argmin(holds)]))

    def _expect(self, wanted: bytes) -> None:
        found = self._lines.keyword()
        if found is None:
            self.fail(f"the file ends before {wanted.decode()}; it may be cut short")
        if found == wanted:
            return
        reason = f"{wanted.decode()} was expected; received {_shown(found)}"
        if wanted == b"\\data\\":
            others = (told for kind, told in OTHERS.items() if found.startswith(kind))
            reason += f" ({next(others, 'a comment before it begins with #')})"
        self.fail(reason)

    def _part(self, rows: list[Row], n: int, lines: np.ndarray) -> Section:
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        is_row = (lengths == n + 1) | (lengths == n + 2)
        for place in np.flatnonzero(~is_row)[:1].tolist():
            words = "1 word" if n == 1 else f"{n} words"
            wanted = f"a number, {words} and at most one number were expected"
            shown = _shown(b" ".join(rows[place]))
            self.fail(f"{wanted}; received {shown}", int(lines[place]))
        log_p = self._logarithms("probability", [row[0] for row in rows], lines)
        self.check(lines, log_p <= ROUNDING, "a probability must not exceed 1")
        weights = [row[-1] if len(row) == n + 2 else b"0" for row in rows]
        log_b = self._logarithms("weight", weights, lines)
        columns = [[row[place] for row in rows] for place in range(1, n + 1)]
        if n == 1:
            self._meet(columns.pop(), lines)
        ids = np.empty((len(columns), len(rows)), np.int64)
        for place, column in enumerate(columns):
            ids[place] = self._known(column, lines)
        return Section(ids, log_p, log_b, lines)

    def _meet(self, words: list[bytes], lines: np.ndarray) -> None:
        """Take down the words of the 1-grams."""
        for place, word in enumerate(words):
            if word in self.met:
                self.fail(f"{_shown(word)} is there twice", int(lines[place]))
            if not _reads(bytes.decode, word):
                advice = f"convert the file from {likely_encoding(word)}"
                reason = f"{_shown(word)} is not UTF-8 text; {advice}"
                self.fail(reason, int(lines[place]))
            self.met[word] = None

    def _known(self, words: list[bytes], lines: np.ndarray) -> np.ndarray:
        """Give the ids of one column of words; shapes: -> (ngrams,)."""
        try:
            return np.fromiter(map(self.ids.__getitem__, words), np.int64, len(words))
        except KeyError as error:
            word = error.args[0]
            line = int(lines[words.index(word)])
            self.fail(f"{_shown(word)} is not among the 1-grams", line)

    def _logarithms(
        self, kind: str, texts: list[bytes], lines: np.ndarray
    ) -> np.ndarray:
        """Give logarithms to base 10 in nats; NEVER is that of 0."""
        odd = b"_" in b"".join(texts)  # float would take 1_000
        try:
            read = _number if odd else float
            numbers = np.fromiter(map(read, texts), np.float64, len(texts))
        except ValueError:
            place = next(i for i, text in enumerate(texts) if not _reads(_number, text))
            shown = _shown(texts[place])
            self.fail(f"a logarithm was expected; received {shown}", int(lines[place]))
        nats = np.where(numbers == NEVER, -math.inf, numbers * math.log(10))
        self.check(lines, nats < math.inf, "a logarithm must be a finite number")
        found = max(map(_digits, texts[:SAMPLE]), default=0)
        self._digits[kind] = max(found, self._digits[kind])
        return nats


def _number(text: bytes) -> float:
    if b"_" in text:
        raise ValueError
    return float(text)


def _digits(text: bytes) -> int:
    """Count the digits of a number without the zeros that only say where its point is.

    What stands for 0, the logarithm, or for the logarithm of 0 was not rounded.
    """
    digits = text.lower().partition(b"e")[0].lstrip(b"+-").replace(b".", b"")
    return 0 if float(text) in (0, NEVER) else len(digits.lstrip(b"0"))


def _reads(read: Callable[[bytes], object], text: bytes) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _shown(text: bytes) -> str:
    return repr(text[:60].decode("utf-8", "replace"))
