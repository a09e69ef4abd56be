"""Tables that fit a terminal: a number is whole or left out, never cut.

What has no room gives way in this order: texts are wrapped and long names shortened
with an ellipsis, while both stay easy to read; columns leave, in the order that the
table states, and a line says which; names and texts become narrower still; at last
each row stands as a block of its own, a line a column.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from keraslm_cli.fitting import ELLIPSIS, shortened, width, wrapped
from keraslm_cli.visible import visible

Row = Sequence[str]
GAP = "  "
NAME = (20, 13)  # columns of a name: easy to read, the least
TEXT = (16, 12)
HEADING = 12  # a longer one, above numbers, is shortened as names are


class Line(NamedTuple):
    """A line of a table, and how it looks: "bold", "dim" or ""."""

    text: str
    style: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """Headings, rows, and what the columns hold.

    Columns in `right` hold numbers, those in `texts`, by default the last one if it
    holds no numbers, sentences that may be wrapped, the others names. `leave` has the
    headings of columns that may be left out, the first one first; the table's first
    column stays. The last `foot`
    rows stand apart.
    """

    headings: Row
    rows: Sequence[Row]
    right: Sequence[int] = ()
    leave: Sequence[str] = ()
    texts: Sequence[int] | None = None
    foot: int = 0

    def lines(self, columns: int | None) -> list[Line]:
        """Lay the table out in so many columns; None has room for everything."""
        table = self._visible()
        if columns is None:
            return list(table._side_by_side(table._natural(), rules=False))
        for names, texts, gone in table._attempts():
            left = table._without(gone)
            widths = left._widths(columns, names, texts)
            if widths is not None:
                said = f"left out at {columns} columns: {', '.join(filter(None, gone))}"
                note = wrapped(said, columns) if any(gone) else []
                lines = left._side_by_side(widths, rules=True)
                return [*lines, *(Line(line, "dim") for line in note)]
        return list(table._blocks(columns))

    def _visible(self) -> "Table":
        """Escape what would steer a terminal, and fill in the columns of texts."""
        last = len(self.headings) - 1
        texts = [last] * (last not in self.right) if self.texts is None else self.texts
        return dataclasses.replace(
            self,
            headings=[visible(heading) for heading in self.headings],
            rows=[[visible(cell) for cell in row] for row in self.rows],
            leave=[visible(heading) for heading in self.leave],
            texts=texts,
        )

    def _attempts(self) -> Iterator[tuple[int, int, Sequence[str]]]:
        """Yield the least widths of names and texts, and the columns that are gone."""
        for gone in range(len(self.leave) + 1):
            yield NAME[0], TEXT[0], self.leave[:gone]
        yield NAME[1], TEXT[1], self.leave

    def _without(self, gone: Sequence[str]) -> "Table":
        kept = [i for i, each in enumerate(self.headings) if not i or each not in gone]
        return dataclasses.replace(
            self,
            headings=[self.headings[i] for i in kept],
            rows=[[row[i] for i in kept] for row in self.rows],
            right=[kept.index(i) for i in self.right if i in kept],
            texts=[kept.index(i) for i in self.texts or () if i in kept],
        )

    def _cells(self, i: int) -> list[str]:
        return [self.headings[i], *(row[i] for row in self.rows)]

    def _natural(self) -> list[int]:
        return [max(map(width, self._cells(i))) for i in range(len(self.headings))]

    def _widths(self, columns: int, names: int, texts: int) -> list[int] | None:
        """Share the columns out, or give None if there are too few."""
        natural = self._natural()
        widths = [self._least(i, names, texts) for i in range(len(natural))]
        spare = columns - sum(widths) - len(GAP) * (len(widths) - 1)
        if spare < 0:
            return None
        for _ in range(spare):
            missing = [most - now for most, now in zip(natural, widths, strict=True)]
            if max(missing) <= 0:
                break
            widths[missing.index(max(missing))] += 1
        return widths

    def _least(self, i: int, names: int, texts: int) -> int:
        """Give the least width of a column in which all that it says can be read."""
        cells = self._cells(i)
        natural = max(map(width, cells))
        if i in (self.texts or ()):
            words = (word for cell in cells for word in cell.split())
            longest = max((width(w) for w in words if w[0].isdigit()), default=0)
            return min(natural, max(texts, longest))
        if i in self.right:
            numbers = max(map(width, cells[1:]), default=0)
            return max(numbers, self._distinct(self.headings, HEADING, cells[0]))
        return self._distinct(cells, names)

    @staticmethod
    def _distinct(cells: Row, least: int, cell: str | None = None) -> int:
        """Give the width from `least` on at which no two names become the same."""
        natural = max(map(width, cells if cell is None else [cell]))
        different, columns = set(cells), least
        while columns < natural:
            if len({shortened(each, columns) for each in different}) == len(different):
                return columns
            columns += max(columns // 4, 1)
        return natural

    def _side_by_side(self, widths: list[int], rules: bool) -> Iterator[Line]:
        rule = Line("─" * (sum(widths) + len(GAP) * (len(widths) - 1)), "dim")
        if any(self.headings):
            yield from (Line(line, "bold") for line in self._row(self.headings, widths))
            yield from [rule] * rules
        for number, row in enumerate(self.rows):
            if rules and self.foot and number == len(self.rows) - self.foot:
                yield rule
            yield from map(Line, self._row(row, widths))

    def _row(self, row: Row, widths: list[int]) -> Iterator[str]:
        """Yield the lines of a row: its texts may need several."""
        cells = [self._cell(i, cell, widths[i]) for i, cell in enumerate(row)]
        for k in range(max(map(len, cells), default=0)):
            parts = [cell[k] if k < len(cell) else "" for cell in cells]
            cells_k = zip(range(len(parts)), parts, widths, strict=True)
            padded = (_padded(part, w, i in self.right) for i, part, w in cells_k)
            yield GAP.join(padded).rstrip()

    def _cell(self, i: int, cell: str, columns: int) -> list[str]:
        if i in (self.texts or ()) and width(cell) > columns:
            return wrapped(cell, columns)
        return [shortened(cell, columns)]

    def _blocks(self, columns: int) -> Iterator[Line]:
        """Yield each row as a block: a line a column, its heading before it."""
        label = min(max(map(width, self.headings), default=0), columns // 2)
        for number, row in enumerate(self.rows):
            if number:
                yield Line("")
            for i, cell in enumerate(row):
                if cell.strip():
                    yield from map(Line, self._entry(i, cell.strip(), label, columns))

    def _entry(self, i: int, cell: str, label: int, columns: int) -> Iterator[str]:
        heading = self.headings[i]
        beside = columns - label - len(GAP)
        if heading and width(heading) <= label and width(cell) <= beside:
            yield f"{_padded(heading, label)}{GAP}{cell}"
            return
        if heading:
            yield from wrapped(heading, columns)
        indent = GAP if (heading or i) and columns > 2 * len(GAP) else ""
        room = columns - len(indent)
        if i not in self.right:
            yield from (indent + line for line in wrapped(cell, room))
        else:
            yield indent + (cell if width(cell) <= room else ELLIPSIS)


def _padded(cell: str, columns: int, left: bool = False) -> str:
    space = " " * (columns - width(cell))
    return space + cell if left else cell + space
