"""Cutting one text into training, validation and test parts, in its order."""

import fractions
import itertools
import math

from keraslm.errors import CorpusError, UsageError
from keraslm.text.text import Text

REACH = 1 << 16  # how far behind its place a cut may move to find a line end
PARTS = ("train", "valid", "test")


def parse_split(split: str) -> tuple[fractions.Fraction, ...]:
    """Read "90/5/5", "90/10", "90/0/10" or "100" as fractions of the text.

    Raises: UsageError unless it is one to three percentages that sum to 100, all above
        0 but for the second of three.
    """
    try:
        parts = tuple(fractions.Fraction(part) / 100 for part in split.split("/"))
    except (ValueError, ZeroDivisionError):
        parts = ()
    needed = parts[::2] if len(parts) == 3 and parts[1] == 0 else parts
    if not 1 <= len(parts) <= 3 or min(needed) <= 0 or sum(parts) != 1:
        raise UsageError(
            "a split is percentages that sum to 100: '90/5/5' for train/valid/test, "
            "'90/10' for train/valid, '90/0/10' for train/test, or '100'; "
            f"received {split!r}"
        )
    return parts


def cut(
    text: Text, parts: tuple[fractions.Fraction, ...], split: str
) -> dict[str, Text]:
    """Cut a text contiguously: the parts put together are the whole text.

    Each cut is at the first line end at or after its fraction of the characters. If
    there is none within 64 K characters, or before the next cut's fraction, it is
    after the first white space there; if there is none either, at the fraction.

    Raises: CorpusError if a part would be empty.
    """
    if len(parts) == 1:
        return {"train": text}
    names = [name for name, part in zip(PARTS, parts, strict=False) if part]
    parts = tuple(part for part in parts if part)
    total = text.characters
    places = [math.ceil(total * part) for part in itertools.accumulate(parts)]
    if any(stop <= start for start, stop in itertools.pairwise([0, *places])):
        raise CorpusError(
            f"{text.name} has {total} characters, too few for the split {split!r}: "
            "a part would be empty; give a longer text or `split='100'`"
        )
    cuts = [_cut_near(text, *reach) for reach in itertools.pairwise(places)]
    # the last part is read to the end of the text, where a change of it is seen
    spans = zip(names, [0, *cuts], [*cuts, None], strict=True)
    return {
        part: text.part(start, stop, f"{text.name} ({part})")
        for part, start, stop in spans
    }


def _cut_near(text: Text, place: int, before: int) -> int:
    """The best cut at or after `place` and before `before`."""
    first = place - 1  # a cut follows the character that allows it
    stop = min(first + REACH, before - 1)
    window = "".join(text.part(first, stop, text.name).chunks())
    line_end = window.find("\n")
    if line_end >= 0:
        return place + line_end
    spaces = (at for at, character in enumerate(window) if character.isspace())
    return place + next(spaces, 0)
