"""Minimal pairs: which text of each a model prefers, and how often the good one."""

from typing import TYPE_CHECKING, Any

from keraslm_cli import console

if TYPE_CHECKING:
    from keraslm.accuracy import Accuracy
    from keraslm.language_model import LanguageModel
    from keraslm.minimal_pairs import Pair, Preferences


def open_pairs(path: str, encoding: str) -> "list[Pair]":
    """Read the pairs of a file.

    Raises: UsageError if there is no such file; CorpusError for one that holds no pairs
    """
    from keraslm.errors import CorpusError
    from keraslm.minimal_pairs import read_pairs
    from keraslm.text.corpus import open_text

    lines = open_text(path, encoding).lines()
    try:
        return read_pairs(lines)
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error


def prefer(model: "LanguageModel", pairs: "list[Pair]") -> "Preferences":
    """Ask the model, while a line says so."""
    from keraslm.minimal_pairs import prefer as ask

    with console.working(f"asking {model.name} about {len(pairs):,} pairs"):
        return ask(model, pairs)


def print_table(found: "Preferences") -> None:
    """Print a row a pair, and the accuracy."""
    rows = [
        (
            row["preferred"],
            console.number(row["margin_bits"]),
            row["good"],
            row["bad"],
        )
        for row in found.table().to_dict("records")
    ]
    headings = ("preferred", "margin (bits)", "good", "bad")
    console.print_table(headings, rows, right=(1,), texts=(2, 3))
    console.say(sentence(found.accuracy))


def sentence(accuracy: "Accuracy") -> str:
    """Say how often the good text is preferred, with n and the interval."""
    low, high = accuracy.interval()
    ties = f", with ties, {accuracy.ties:,}, counted as half" if accuracy.ties else ""
    return (
        f"good is preferred in {accuracy.right:,} of {accuracy.n:,} pairs{ties}: "
        f"{accuracy.share:.1%} (95% interval {low:.1%} to {high:.1%}, Wilson)"
    )


def as_json(model: "LanguageModel", found: "Preferences") -> dict[str, Any]:
    """Give the accuracy and the pairs."""
    pairs = found.table().to_dict("records")
    return {"model": model.name, **found.accuracy.to_dict(), "pairs": pairs}
