"""Telling the formats of vector files apart, by their first bytes.

GloVe text has no header; word2vec and fastText begin with a line `words width`, and
then have text lines, or binary vectors.
"""

import codecs
import collections
import dataclasses
import re
from collections.abc import Sequence

from keraslm.vectors.binary_words import BinaryWords
from keraslm.vectors.text_lines import LONGEST, TextLines, is_number

HEAD = LONGEST  # bytes that are looked at
SAMPLE = 100  # lines that are looked at


@dataclasses.dataclass(frozen=True)
class Format:
    """What a file's first bytes say of it.

    `claimed` is the number of words that a header tells; `start` is where the first
    vector begins, in bytes, and `first` the number of its line or word.
    """

    name: str
    layout: TextLines | BinaryWords
    claimed: int | None
    start: int
    first: int


def tell_format(head: bytes) -> Format:
    """Tell a file's format by its first HEAD bytes.

    Raises: ValueError with the reason if it is no file of vectors.
    """
    start = len(codecs.BOM_UTF8) * head.startswith(codecs.BOM_UTF8)
    first, _, after = head[start:].partition(b"\n")
    header = re.fullmatch(rb"(\d{1,12})[ \t]+(\d{1,9})[ \t\r]*", first)
    if header is None:
        return _without_header(head, start)
    words, width = int(header[1]), int(header[2])
    if not after.strip():
        raise ValueError(f"line 1 tells {words:,} words, and the file ends there")
    if not width:
        raise ValueError("line 1 tells 0 numbers a word; a vector has 1 or more")
    lines, tabs = _sample(after, len(head)), False
    if _usual_width(lines) != width:
        lines, tabs = _without_tabs(lines)
    if not _holds_vector(lines, width) and not _is_text(after):
        start = len(head) - len(after)
        return Format("word2vec binary", BinaryWords(width), words, start, 1)
    usual = _usual_width(lines)
    if usual == 1 != width:  # a word that is a number, with a vector of one number
        return _without_header(head, start)
    if usual != width:
        raise ValueError(f"line 1 tells {width} numbers a word; the lines have {usual}")
    start = len(head) - len(after)
    return Format("word2vec text", TextLines(width, tabs), words, start, 2)


def _without_header(head: bytes, start: int) -> Format:
    lines, tabs = _without_tabs(_sample(head[start:], len(head)))
    width = _usual_width(lines)
    if not head:
        raise ValueError("the file is empty")
    if not _holds_vector(lines, width):
        shown = head[start : start + 40].decode("utf-8", "replace")
        raise ValueError(
            "line 1: a word and its numbers were expected, with spaces between; "
            f"received {shown!r}"
        )
    return Format("GloVe text", TextLines(width, tabs), None, start, 1)


def _sample(text: bytes, seen: int) -> list[bytes]:
    """Give the first lines, without one that may be cut by the end of the head."""
    lines = text.split(b"\n", SAMPLE)
    return lines[:-1] if seen >= HEAD or len(lines) > SAMPLE else lines


def _without_tabs(lines: list[bytes]) -> tuple[list[bytes], bool]:
    """Write spaces for tabs, if most lines have more numbers then, and say so."""
    spaced = [line.replace(b"\t", b" ") for line in lines]
    more = sum(_width(s) > _width(line) for s, line in zip(spaced, lines, strict=True))
    tabs = 2 * more > sum(map(bool, lines))
    return (spaced if tabs else lines), tabs


def _usual_width(lines: Sequence[bytes]) -> int:
    """Give the numbers that most lines have after a word."""
    widths = collections.Counter(width for line in lines if (width := _width(line)))
    return widths.most_common(1)[0][0] if widths else 0


def _width(line: bytes) -> int:
    """Count the numbers at the end of a line; the first field is a word."""
    fields = [field for field in line.rstrip(b" \r").split(b" ") if field][1:]
    place = len(fields)
    while place and is_number(fields[place - 1]):
        place -= 1
    return len(fields) - place


def _holds_vector(lines: Sequence[bytes], width: int) -> bool:
    return width > 0 and any(_width(line) == width for line in lines)


def _is_text(head: bytes) -> bool:
    """Say whether bytes are UTF-8 without control characters, up to a cut end."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0e-\x1f]", text)
