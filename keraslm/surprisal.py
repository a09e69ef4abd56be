"""Surprisal: what each token of a text costs two models, and in truth.

Math:       surprisal  s(y_t) = -log2 P(y_t | y_1 .. y_{t-1}), in bits
            difference s_first - s_second; above 0 the first is more surprised
References: Shannon (1948); Hale (2001), surprisal of words.
"""

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True)
class Surprisals:
    """The surprisal of each token of a text under two models, and under the truth.

    `tokens` are as written; where `oov` is true the models scored `<unk>`.
    Shapes: first, second, truth, difference (tokens,), in bits; oov (tokens,)
    """

    tokens: tuple[str, ...]
    first: np.ndarray
    second: np.ndarray
    truth: np.ndarray | None
    oov: np.ndarray

    @property
    def difference(self) -> np.ndarray:
        """The first model's surprisal less the second's; NaN where both are infinite.

        Shapes: (tokens,)
        """
        return _less(self.first, self.second)

    def totals(self) -> dict[str, float]:
        """Give the bits of the whole text, by column of the table."""
        columns = {"first": self.first, "second": self.second}
        if self.truth is not None:
            columns["truth"] = self.truth
        sums = {name: float(np.sum(bits)) for name, bits in columns.items()}
        difference = _less(np.array(sums["first"]), np.array(sums["second"]))
        return sums | {"difference": float(difference)}

    def table(self) -> "pd.DataFrame":
        """Give a row a token: first, second and difference, truth if known, oov."""
        import pandas as pd

        columns = {
            "token": self.tokens,
            "first": self.first,
            "second": self.second,
            "difference": self.difference,
        }
        truth = {} if self.truth is None else {"truth": self.truth}
        return pd.DataFrame({**columns, **truth, "oov": self.oov})


def surprisals(
    first: LanguageModel,
    second: LanguageModel,
    text: str,
    truth: np.ndarray | None = None,
    names: Sequence[str] | None = None,
) -> Surprisals:
    """Compare two models token by token on a text, and with the truth if it is given.

    The models may differ in vocabulary if this text is the same tokens for both. Errors
    name them by `names`, by default their own.

    Shapes: truth (tokens,), the log P of each token in nats
    Raises: UsageError if the tokens differ, or `truth` is not of as many tokens;
        CorpusError if the text has none.
    """
    one, two = (model.score(text) for model in (first, second))
    _require_same_tokens(names or [first.name, second.name], one.tokens, two.tokens)
    if truth is not None and len(truth) != len(one.tokens):
        raise UsageError(
            f"`truth` is of each of the {len(one.tokens)} tokens of the text; "
            f"received {len(truth)}"
        )
    return Surprisals(
        one.written,
        _bits(one.log_probabilities),
        _bits(two.log_probabilities),
        None if truth is None else _bits(truth),
        one.oov,
    )


def _require_same_tokens(
    names: Sequence[str], first: Sequence[str], second: Sequence[str]
) -> None:
    """Refuse a text that is cut differently, or of which one model knows less."""
    pairs = itertools.zip_longest(first, second)
    for number, pair in enumerate(pairs, start=1):
        if pair[0] != pair[1]:
            one, two = ("none" if token is None else repr(token) for token in pair)
            raise UsageError(
                f"models are compared token by token; token {number} of the text is "
                f"{one} for {names[0]} and {two} for {names[1]}: give models of one "
                "level and vocabulary, or compare their bits a character"
            )


def _bits(log_probabilities: np.ndarray) -> np.ndarray:
    return 0.0 - log_probabilities / math.log(2)  # no -0.0 for the certain


def _less(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):  # infinity less infinity is NaN
        return one - two
