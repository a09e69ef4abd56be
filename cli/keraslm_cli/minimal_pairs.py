"""Minimal pairs: which text of each a model prefers, and how often the good one."""

from typing import TYPE_CHECKING

from keraslm.errors import CorpusError
from keraslm_cli import console, models

if TYPE_CHECKING:
    from keraslm.accuracy import Accuracy
    from keraslm.minimal_pairs import Pair, Preferences


def show(
    model: str, pairs: str, level: str | None, as_json: bool, encoding: str
) -> None:
    """Ask a model about the pairs of a file, and print what it prefers.

    Raises: UsageError if there is no such model or file; CorpusError for a file that
        holds no pairs.
    """
    from keraslm.minimal_pairs import prefer

    models.check_there(model)
    read = _open_pairs(pairs, encoding)
    opened = models.open_model(model, level)
    with console.working(f"asking {opened.name} about {len(read):,} pairs"):
        found = prefer(opened, read)
    if as_json:
        told = {"model": opened.name, **found.accuracy.to_dict()}
        console.print_json(told | {"pairs": found.table().to_dict("records")})
    else:
        _print_table(found)


def _open_pairs(path: str, encoding: str) -> "list[Pair]":
    from keraslm.minimal_pairs import read_pairs
    from keraslm.text.corpus import open_text

    lines = open_text(path, encoding).lines()
    try:
        return read_pairs(lines)
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error


def _print_table(found: "Preferences") -> None:
    """Print a row a pair, and the accuracy."""
    rows = [
        (row["preferred"], console.number(row["margin_bits"]), row["good"], row["bad"])
        for row in found.table().to_dict("records")
    ]
    headings = ("preferred", "margin (bits)", "good", "bad")
    console.print_table(headings, rows, right=(1,), texts=(2, 3))
    console.say(_sentence(found.accuracy))


def _sentence(accuracy: "Accuracy") -> str:
    """Say how often the good text is preferred, with n and the interval."""
    low, high = accuracy.interval()
    ties = f"{accuracy.ties:,} tie{'s' * (accuracy.ties != 1)} counted as half"
    return (
        f"good is preferred in {accuracy.right:,} of {accuracy.n:,} pairs"
        f"{f' ({ties})' * bool(accuracy.ties)}: {accuracy.share:.1%} "
        f"(95% interval {low:.1%} to {high:.1%}, Wilson)"
    )
