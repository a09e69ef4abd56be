"""A text shaded by what each token costs a model, or one model more than another."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from keraslm.errors import UsageError
from keraslm.figures.shaded_text import ShadedText
from keraslm.score import Score

BITS = "bits"
DIFFERENCE = "difference"
MORE_AND_LESS = ("how surprised the model is", "")


def surprisal_table(score: Score) -> pd.DataFrame:
    """Give a row a token: token, bits, and whether the vocabulary lacks it.

    Math:   bits_t = -log2 P(y_t | y_1 .. y_{t-1})
    """
    table = score.table()
    bits = table["loss_nats"] / np.log(2)
    return pd.DataFrame({"token": table["token"], BITS: bits, "oov": table["oov"]})


def difference_table(first: Score, second: Score) -> pd.DataFrame:
    """Give a row a token: token, the bits of two models, and their difference.

    Raises: UsageError if the models do not read the same tokens.
    """
    if first.written != second.written or (first.oov != second.oov).any():
        raise UsageError(
            "the surprisal of two models is compared token by token, and these two do "
            "not read the same tokens; give models of one level and vocabulary"
        )
    one, two = (surprisal_table(score)[BITS] for score in (first, second))
    return pd.DataFrame(
        {
            "token": first.written,
            "bits of the first": one,
            "bits of the second": two,
            DIFFERENCE: one - two,
        }
    )


def surprisal_text(table: pd.DataFrame, model: str, on: str, level: str) -> ShadedText:
    """Shade the table of one model; `on` names the text.

    Raises: UsageError if there is no token.
    """
    bits = table[BITS].to_numpy()
    about = f"{on}: {bits.sum():,.1f} bits, {bits.mean():.2f} a token"
    title = f"Surprisal of {model}"
    return ShadedText(title, about, table, BITS, BITS, level, MORE_AND_LESS)


def difference_text(
    table: pd.DataFrame, models: Sequence[str], on: str, level: str
) -> ShadedText:
    """Shade the table of two models: above zero the first is the more surprised."""
    total = float(table[DIFFERENCE].sum())
    winner = models[1] if total > 0 else models[0]
    about = f"{on}: {winner} needs {abs(total):,.1f} bits less for the whole"
    title = f"Surprisal of {models[0]} minus {models[1]}"
    meaning = ("the first pays more", "the first pays less")
    return ShadedText(title, about, table, DIFFERENCE, BITS, level, meaning)
