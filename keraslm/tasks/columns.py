"""Tagged text: a word and its tag a line, an empty line after a sentence.

    the    DT
    dog    NN
    barks  VBZ

The columns are separated by a tab, or where a line has none by spaces. A line that
begins with "#" and has no tab is a comment, as in CoNLL-U.

References: Tjong Kim Sang & Buchholz (2000); Nivre et al. (2020), CoNLL-U.
"""

import dataclasses
import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from keraslm.errors import CorpusError
from keraslm.text.corpus import Corpus
from keraslm.text.split import PARTS, parse_split
from keraslm.text.text import Text

Read = TypeVar("Read")
Item = TypeVar("Item")


@dataclasses.dataclass(frozen=True)
class Sentence:
    """Words, their tags, and the line of the text that each of them stands in."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    lines: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class TaggedText:
    """Sentences with a name; `sha256` is of the text, or of a part's rows."""

    name: str
    sentences: tuple[Sentence, ...]
    sha256: str

    @property
    def tags(self) -> Counter[str]:
        """How often each tag occurs."""
        tags = (sentence.tags for sentence in self.sentences)
        return Counter(itertools.chain.from_iterable(tags))


def read_columns(text: Text) -> TaggedText:
    """Read a text of two columns.

    Raises: CorpusError with the line, if one has not two columns; if there is no word.
    """
    sentences = tuple(_sentences(text))
    if not sentences:
        raise CorpusError(
            f"{text.name} has no tagged word; give a word and its tag a line, a tab "
            "between them"
        )
    return TaggedText(text.name, sentences, text.sha256)


def read_parts(corpus: Corpus, split: str) -> dict[str, TaggedText]:
    """Read a corpus as train, valid and test; one text is cut between sentences.

    Raises: as `read_columns`; CorpusError if a part would have no sentence.
    """
    return parts_of(corpus, split, read_columns, lambda text: text.sentences, _part)


def _part(name: str, sentences: tuple[Sentence, ...]) -> TaggedText:
    rows = (
        "\n".join(map("\t".join, zip(s.words, s.tags, strict=True))) for s in sentences
    )
    return TaggedText(name, sentences, sha256_of(f"{row}\n\n" for row in rows))


def sha256_of(rows: Iterable[str]) -> str:
    """Give the SHA-256 of the rows of a part that was cut from a text."""
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def parts_of(
    corpus: Corpus,
    split: str,
    read: Callable[[Text], Read],
    items: Callable[[Read], tuple[Item, ...]],
    part_of: Callable[[str, tuple[Item, ...]], Read],
) -> dict[str, Read]:
    """Read each text of a corpus; if it is one text, cut that between its items.

    Raises: as `read`; CorpusError if a part would be empty.
    """
    if corpus.whole is None:
        texts = {"train": corpus.train, "valid": corpus.valid, "test": corpus.test}
        return {part: read(text) for part, text in texts.items() if text is not None}
    whole = read(corpus.whole)
    every, name = items(whole), corpus.whole.name
    places = _cut_places(name, len(every), split)
    return {
        part: part_of(f"{name} ({part})", every[start:end])
        for part, (start, end) in zip(PARTS, places, strict=False)
    }


def _cut_places(name: str, number: int, split: str) -> list[tuple[int, int]]:
    """Give where each part of so many sentences begins and ends.

    Raises: CorpusError if one would be empty.
    """
    ends = [round(number * share) for share in itertools.accumulate(parse_split(split))]
    places = list(itertools.pairwise([0, *ends]))
    for part, (start, end) in zip(PARTS, places, strict=False):
        if start == end:
            raise CorpusError(
                f"{name} has {number} sentences or rows, too few for the split "
                f"{split!r}: {part} would be empty; give a longer text or `split='100'`"
            )
    return places


def _sentences(text: Text) -> Iterator[Sentence]:
    rows: list[tuple[str, str, int]] = []
    for number, line in enumerate(text.lines(), start=1):
        if line.strip():
            if line[0] != "#" or "\t" in line:
                rows.append((*_columns(text.name, number, line), number))
        elif rows:
            yield _sentence(rows)
            rows = []
    if rows:
        yield _sentence(rows)


def _sentence(rows: list[tuple[str, str, int]]) -> Sentence:
    words, tags, lines = zip(*rows, strict=True)
    return Sentence(words, tags, lines)


def _columns(name: str, number: int, line: str) -> tuple[str, str]:
    columns = line.split("\t") if "\t" in line else line.split(" ")
    columns = [column.strip(" ") for column in columns]
    if "\t" not in line:
        columns = [column for column in columns if column]
    if len(columns) != 2 or not all(columns):
        found = f"{len(columns)} column{'s' * (len(columns) != 1)}"
        found = "an empty column" if len(columns) == 2 else found
        way_out = "; leave the other columns out" if len(columns) > 2 else ""
        raise CorpusError(
            f"{name}, line {number}: a line of tagged text has two columns, a word and "
            f"its tag with a tab between them; received {found}: {line[:60]!r}{way_out}"
        )
    return columns[0], columns[1]
