"""Ranked tokens with their probabilities, and the truth where it is known."""

from typing import TYPE_CHECKING, Any, NamedTuple

from keraslm_cli import console
from keraslm_cli.comparison import bars_of
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    import numpy as np

    from keraslm.text.vocabulary import Vocabulary

BAR = 24  # columns of the longest bar
Rows = list[tuple[str, float]]


class Answer(NamedTuple):
    """What a model says of tokens: the best, and what the others have together.

    `truth` is P by the grammar, 0 everywhere where it `is_impossible`.
    """

    heading: str
    rows: Rows
    truth: "np.ndarray | None"
    is_impossible: str
    """What is said then."""

    @property
    def others(self) -> float:
        """P of all other tokens."""
        return max(1 - sum(p for _, p in self.rows), 0.0)


def tell(
    model: Any, question: dict[str, str], name: str, answer: Answer, as_json: bool
) -> None:
    """Print the answer to a question, in JSON under a name."""
    if as_json:
        tokens = _as_json(model.vocabulary, answer.rows, answer.truth)
        told = {"model": model.name, **question, name: tokens}
        console.print_json(told | {"others": answer.others})
        return
    console.print_styled(answer.heading, "bold")
    print_ranked(model.vocabulary, answer.rows, answer.others, answer.truth)
    if answer.truth is not None and not answer.truth.any():
        console.say(answer.is_impossible)


def _as_json(
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
