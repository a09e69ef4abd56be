"""Minimal pairs: two texts that differ in one thing, of which one is right.

Math:   margin = log2 P(good) - log2 P(bad), of the whole texts
References: Marvin & Linzen (2018); Warstadt et al. (2020), BLiMP.
"""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from keraslm.accuracy import TIE, Accuracy, margins
from keraslm.continuations import Continuation, log_probabilities
from keraslm.errors import CorpusError
from keraslm.language_model import LanguageModel

if TYPE_CHECKING:
    import pandas as pd


class Pair(NamedTuple):
    """The text that should be preferred, and the one that should not."""

    good: str
    bad: str


HEADER = Pair("good", "bad")


def read_pairs(lines: Iterable[str]) -> list[Pair]:
    """Read pairs from lines of two columns, separated by a tab.

    A first pair that is "good" and "bad" is a heading. Blank lines and those that begin
    with "#" say nothing.

    Raises: CorpusError with the number of a line that has not two columns, or an empty
        one; or if there is no pair.
    """
    pairs = [
        _pair(number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    ]
    if pairs[:1] == [HEADER]:
        del pairs[0]
    if not pairs:
        raise CorpusError("there is no pair; give one a line: good<TAB>bad")
    return pairs


def _pair(number: int, line: str) -> Pair:
    columns = line.split("\t")
    if len(columns) != 2:
        has = "no tab" if len(columns) == 1 else f"{len(columns)} columns"
        raise CorpusError(f"line {number} has {has}: {line[:60]!r}; {_RULE}")
    if not all(column.strip() for column in columns):
        raise CorpusError(f"line {number} has an empty column: {line[:60]!r}; {_RULE}")
    return Pair(*columns)


_RULE = "a pair is good<TAB>bad"


@dataclasses.dataclass(frozen=True)
class Preferences:
    """Which text of each pair a model prefers.

    Shapes: good and bad (pairs,), log P of the texts in nats
    """

    pairs: Sequence[Pair]
    good: np.ndarray
    bad: np.ndarray

    @property
    def margins(self) -> np.ndarray:
        """The margins in bits, above 0 where the good text is preferred.

        Shapes: (pairs,)
        """
        return margins(self.good, self.bad)

    @property
    def accuracy(self) -> Accuracy:
        """How often the good text is preferred."""
        return Accuracy.of(self.margins)

    def table(self) -> "pd.DataFrame":
        """Give a row a pair: the texts, their log2 P, the preferred one, the margin."""
        import pandas as pd

        return pd.DataFrame(
            {
                "good": [pair.good for pair in self.pairs],
                "bad": [pair.bad for pair in self.pairs],
                "log2_good": self.good / math.log(2),
                "log2_bad": self.bad / math.log(2),
                "preferred": [_preferred(margin) for margin in self.margins],
                "margin_bits": self.margins,
            }
        )


def _preferred(margin: float) -> str:
    if abs(margin) <= TIE:
        return "tie"
    return "good" if margin > 0 else "bad"


def prefer(model: LanguageModel, pairs: Sequence[Pair]) -> Preferences:
    """Ask a model which text of each pair is more probable.

    Each text begins a line; of words its end is predicted too, as `score` does.
    Raises: CorpusError for a text without a token.
    """
    asked = [_whole(model, text) for pair in pairs for text in pair]
    found = log_probabilities(model, asked)
    return Preferences(pairs, found[::2], found[1::2])


def _whole(model: LanguageModel, text: str) -> Continuation:
    ids = tuple(model.encoder.encode(text).tolist())
    if not ids:
        raise CorpusError(f"a text needs at least one token; received {text!r}")
    return Continuation((), ids)
