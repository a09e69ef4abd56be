"""A text shaded by what each token costs a model, or one model more than another."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

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


def surprisal_text(table: pd.DataFrame, model: str, on: str, level: str) -> ShadedText:
    """Shade the table of one model; `on` names the text."""
    bits = table[BITS].to_numpy()
    about = f"{on}: {_bits(bits.sum())}, {bits.mean():.2f} a token"
    title = f"Surprisal of {model}"
    return ShadedText(title, about, table, BITS, BITS, level, MORE_AND_LESS)


def difference_text(
    table: pd.DataFrame, models: Sequence[str], on: str, level: str
) -> ShadedText:
    """Shade the table of a `keraslm.surprisal.Surprisals`, two models on one text."""
    first, second = (float(table[column].sum()) for column in ("first", "second"))
    totals = (f"{models[0]} {_bits(first)}", f"{models[1]} {_bits(second)}")
    about = f"{on}: {', '.join(totals)}"
    title = f"Surprisal of {models[0]} minus {models[1]}"
    meaning = ("the first pays more", "the first pays less")
    return ShadedText(title, about, table, DIFFERENCE, BITS, level, meaning)


def _bits(total: float) -> str:
    return f"{total:,.1f} bits" if np.isfinite(total) else "infinitely many bits"
