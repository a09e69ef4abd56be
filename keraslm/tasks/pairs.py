"""Paired text: a source and its target a line, with a tab between them.

    the third of May, 1994<TAB>1994-05-03

There is no header; an empty line is nothing.
"""

import dataclasses
import os
from collections.abc import Iterator

from keraslm.errors import CorpusError
from keraslm.tasks.columns import parts_of, sha256_of
from keraslm.text.corpus import Corpus, open_text
from keraslm.text.text import Text


@dataclasses.dataclass(frozen=True)
class Pair:
    """A source, and the target that it is translated to."""

    source: str
    target: str


@dataclasses.dataclass(frozen=True)
class PairedText:
    """Pairs with a name; `sha256` is of the text, or of a part's lines."""

    name: str
    pairs: tuple[Pair, ...]
    sha256: str


def read_pairs(path: str | os.PathLike[str]) -> list[Pair]:
    """Read the pairs of a file, or of a dataset such as "dates:test".

    Raises: as `read_paired`, and UsageError if it cannot be opened.
    """
    return list(read_paired(open_text(path)).pairs)


def read_paired(text: Text) -> PairedText:
    """Read a text of two columns; spaces around a side are left out.

    Raises: CorpusError with the line, if one is no pair; if there is none.
    """
    pairs = tuple(_pairs(text))
    if not pairs:
        raise CorpusError(
            f"{text.name} has no pair; give a source and its target a line, a tab "
            "between them"
        )
    return PairedText(text.name, pairs, text.sha256)


def read_paired_parts(corpus: Corpus, split: str) -> dict[str, PairedText]:
    """Read a corpus as train, valid and test; one text is cut between lines.

    Raises: as `read_paired`; CorpusError if a part would have no pair.
    """
    return parts_of(corpus, split, read_paired, lambda text: text.pairs, _part)


def _part(name: str, pairs: tuple[Pair, ...]) -> PairedText:
    lines = (f"{pair.source}\t{pair.target}\n" for pair in pairs)
    return PairedText(name, pairs, sha256_of(lines))


def _pairs(text: Text) -> Iterator[Pair]:
    for number, line in enumerate(text.lines(), start=1):
        if line.strip(" "):
            yield Pair(*_sides(text.name, number, line))


def _sides(name: str, number: int, line: str) -> list[str]:
    sides = [side.strip() for side in line.split("\t")]
    if len(sides) == 2 and all(sides):
        return sides
    fault = f"{len(sides)} columns"
    if len(sides) == 1:
        fault = "no tab"
    elif len(sides) == 2:
        fault = f"an empty {'target' if sides[0] else 'source'}"
    raise CorpusError(
        f"{name}, line {number}: a line of paired text is a source and its target with "
        f"a tab between them; received {fault}: {line[:60]!r}"
    )
