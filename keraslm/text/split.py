"""Cutting one text into training, validation and test parts, in its order."""

import fractions
import itertools

from keraslm.errors import CorpusError, UsageError
from keraslm.text.stretch import Text

REACH = 1 << 16  # how far behind its place a cut may move to find a line end
PARTS = ("train", "valid", "test")


def parse_split(split: str) -> tuple[fractions.Fraction, ...]:
    """Read "90/5/5", "90/10" or "100" as fractions of the text.

    Raises: UsageError unless it is one to three percentages above 0 that sum to 100.
    """
    try:
        parts = tuple(fractions.Fraction(part) / 100 for part in split.split("/"))
    except (ValueError, ZeroDivisionError):
        parts = ()
    if not 1 <= len(parts) <= 3 or min(parts) <= 0 or sum(parts) != 1:
        raise UsageError(
            "a split is percentages that sum to 100: '90/5/5' for train/valid/test, "
            f"'90/10' for train/valid, or '100'; received {split!r}"
        )
    return parts


def cut(
    text: Text, parts: tuple[fractions.Fraction, ...], split: str
) -> dict[str, Text]:
    """Cut a text contiguously: the parts put together are the whole text.

    Each cut is at the first line end at or after its fraction of the characters; if
    there is none within 64 K characters, after the first white space there; if there
    is none of that either, exactly at the fraction.

    Raises: CorpusError if a part would be empty.
    """
    if len(parts) == 1:
        return {"train": text}
    total = text.characters
    cuts = [0]
    for place in range(1, len(parts)):
        wanted = total * sum(parts[:place], fractions.Fraction())
        cuts.append(_cut_near(text, max(int(wanted), cuts[-1] + 1), total))
    cuts.append(total)
    spans = list(itertools.pairwise(cuts))
    if any(stop <= start for start, stop in spans):
        raise CorpusError(
            f"{text.name} has {total} characters, too few for the split {split!r}: "
            "a part would be empty; give a longer text or --split 100"
        )
    return {
        part: text.stretch(*span, f"{text.name} ({part})")
        for part, span in zip(PARTS, spans, strict=False)
    }


def _cut_near(text: Text, wanted: int, total: int) -> int:
    """The first good cut at or after `wanted` that leaves something after it."""
    first = wanted - 1  # a cut follows the character that allows it
    stop = min(first + REACH, total - 1)
    window = "".join(text.stretch(first, stop, text.name).chunks())
    line_end = window.find("\n")
    if line_end >= 0:
        return wanted + line_end
    spaces = (at for at, character in enumerate(window) if character.isspace())
    return wanted + next(spaces, 0)
