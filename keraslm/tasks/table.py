"""Labelled text in a table: CSV or TSV with the columns `text` and `label`."""

import csv
import dataclasses
import io
from collections.abc import Iterator
from typing import Any

from keraslm.errors import CorpusError
from keraslm.tasks.columns import parts_of, sha256_of
from keraslm.text.corpus import Corpus
from keraslm.text.text import Text

COLUMNS = ("text", "label")


@dataclasses.dataclass(frozen=True)
class Labelled:
    """The words of a text, its label, and the line of the table where it ends."""

    words: tuple[str, ...]
    label: str
    line: int


@dataclasses.dataclass(frozen=True)
class LabelledText:
    """Labelled texts with a name; `sha256` is of the table, or of a part's rows."""

    name: str
    texts: tuple[Labelled, ...]
    sha256: str


def read_table(text: Text) -> LabelledText:
    """Read a table with a header; other columns than `text` and `label` are left out.

    The header may have them in capitals. It is a TSV, without quotes, if the header has
    a tab, else a CSV. What stands between white space is a word.
    Raises: CorpusError if it is no table, a column is missing, or a row lacks a word or
        a label.
    """
    texts = tuple(_rows(text))
    if not texts:
        raise CorpusError(f"{text.name} has no row below its header")
    return LabelledText(text.name, texts, text.sha256)


def _rows(text: Text) -> Iterator[Labelled]:
    whole = "".join(text.chunks())
    tabs = "\t" in whole.partition("\n")[0]
    how: dict[str, Any] = {"delimiter": "\t", "quoting": csv.QUOTE_NONE}
    table = csv.reader(io.StringIO(whole), strict=True, **(how if tabs else {}))
    line = 0  # the last one of the row before
    try:
        header = [name.strip().lower() for name in next(table, [])]
        places = [_place(text.name, header, name) for name in COLUMNS]
        line = table.line_num
        for row in table:
            line = table.line_num
            if row:
                _check(text.name, line, header, row)
                yield _labelled(text.name, line, row, places)
    except csv.Error as error:
        raise CorpusError(
            f"{text.name}, line {line + 1}: this is no CSV ({error}); is there a "
            "quote too many or too few?"
        ) from error


def _place(name: str, header: list[str], column: str) -> int:
    if column not in header:
        raise CorpusError(
            f"{name} has no column {column!r}; its first line must name the columns "
            "text and label, with a comma or a tab between them; it names "
            f"{', '.join(header)[:80]}"
        )
    if header.count(column) > 1:
        raise CorpusError(f"{name} has two columns {column!r}; rename one of them")
    return header.index(column)


def _check(name: str, line: int, header: list[str], row: list[str]) -> None:
    if len(row) != len(header):
        raise CorpusError(
            f"{name}, line {line}: {len(row)} column{'s' * (len(row) != 1)}, where the "
            f"header has {len(header)}"
        )


def _labelled(name: str, line: int, row: list[str], places: list[int]) -> Labelled:
    words, label = (row[place].strip() for place in places)
    if not words or not label:
        what = "label" if words else "text"
        raise CorpusError(f"{name}, line {line}: the {what} is empty")
    return Labelled(tuple(words.split()), label, line)


def read_tables(corpus: Corpus, split: str) -> dict[str, LabelledText]:
    """Read a corpus as train, valid and test; one table is cut between rows.

    Raises: as `read_table`; CorpusError if a part would have no row.
    """
    return parts_of(corpus, split, read_table, lambda text: text.texts, _part)


def _part(name: str, texts: tuple[Labelled, ...]) -> LabelledText:
    rows = (f"{' '.join(text.words)}\t{text.label}\n" for text in texts)
    return LabelledText(name, texts, sha256_of(rows))
