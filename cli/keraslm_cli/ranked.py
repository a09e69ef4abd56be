"""Ranked tokens with their probabilities, and the truth where it is known."""

from typing import TYPE_CHECKING, Any

from keraslm_cli import console
from keraslm_cli.comparison import bars_of
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    import numpy as np

    from keraslm.text.vocabulary import Vocabulary

BAR = 24  # columns of the longest bar
Rows = list[tuple[str, float]]


def as_json(
    vocabulary: "Vocabulary", rows: Rows, truth: "np.ndarray | None"
) -> list[dict[str, Any]]:
    """Give the tokens as `--json` prints them."""
    tokens: list[dict[str, Any]] = [{"token": t, "probability": p} for t, p in rows]
    if truth is not None:
        for told in tokens:
            told["truth"] = float(truth[vocabulary[told["token"]]])
    return tokens


def print_ranked(
    vocabulary: "Vocabulary", rows: Rows, others: float, truth: "np.ndarray | None"
) -> None:
    """Print a table: bars where there is room, the truth where it is known."""
    tokens, columns = [token for token, _ in rows], [[p for _, p in rows]]
    if truth is not None:
        columns.append([float(truth[vocabulary[token]]) for token in tokens])
    names = [token_name(token) for token in tokens]
    if left := len(vocabulary) - len(rows):
        names.append(f"the other {left:,} tokens")
        columns[0].append(others)
        if truth is not None:
            columns[1].append(max(float(truth.sum()) - sum(columns[1]), 0.0))
    figures = [[f"{p:.4f}" for p in column] for column in columns]
    bars = bars_of(columns[0], BAR)
    headings = ("token", "probability", "truth")[: 1 + len(columns)]
    lines = list(zip(names, *figures, bars, strict=True))
    right = range(1, len(headings))
    console.print_table((*headings, ""), lines, right, bool(left), ("",))
