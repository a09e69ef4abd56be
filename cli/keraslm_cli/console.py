"""What the commands print: rich in a terminal, plain lines in a pipe or a file.

Results go to standard output; progress and notes go to standard error, so that
`keraslm ... > file` holds the result alone.
"""

import contextlib
import errno
import json
import math
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TextIO

import click

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

Row = Sequence[str]
Progress = Callable[[int, int | None], None]
Side = Literal["left", "right"]


def in_terminal(stream: TextIO | None = None) -> bool:
    """Say whether a stream, by default standard output, is a terminal to draw in."""
    stream = sys.stdout if stream is None else stream
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def print_table(
    headings: Row, rows: Sequence[Row], right: Sequence[int] = (), foot: int = 0
) -> None:
    """Print a table; the columns numbered in `right` are numbers, aligned right.

    In a terminal the last `foot` rows stand apart, below a line.
    """
    if not in_terminal():
        for line in plain_table(headings, rows, right):
            click.echo(line)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    style = box.SIMPLE_HEAD
    table = Table(box=style, show_header=any(headings), show_edge=False, pad_edge=False)
    table.padding = (0, 1, 0, 0)
    for i, heading in enumerate(headings):
        side: Side = "right" if i in right else "left"
        table.add_column(
            Text(heading), justify=side, no_wrap=i in right, overflow="fold"
        )
    for i, row in enumerate(rows):
        last = i == len(rows) - 1 - foot
        table.add_row(*(Text(cell) for cell in row), end_section=last)
    Console().print(table)


def terminal_width() -> int:
    """Count the columns of the terminal; a pipe has as many as a line should."""
    return shutil.get_terminal_size().columns if in_terminal() else 88


def plain_table(headings: Row, rows: Sequence[Row], right: Sequence[int]) -> list[str]:
    """Give a table as lines of text with aligned columns."""
    table = [headings, *rows] if any(headings) else list(rows)
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = (
            _padded(cell, widths[i], left=i in right) for i, cell in enumerate(row)
        )
        lines.append("  ".join(cells).rstrip())
    return lines


def _padded(cell: str, columns: int, left: bool) -> str:
    space = " " * (columns - width(cell))
    return space + cell if left else cell + space


def width(text: str) -> int:
    """Count the columns a text takes: a Chinese character takes two, an accent none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def print_styled(text: str, style: str, end: str = "\n") -> None:
    """Print a text in a style such as "dim" or "bold" in a terminal, else as it is."""
    if in_terminal() and "NO_COLOR" not in os.environ:
        text = click.style(text, **{style: True})
    click.echo(text, nl=False)
    click.echo(end, nl=False)


def note(text: str) -> None:
    """Print a line on standard error: what the user may want to know."""
    with unless_gone():
        click.echo(text, err=True)


@contextlib.contextmanager
def unless_gone() -> Iterator[None]:
    """Write to a terminal that may have been closed: a run outlasts its watcher."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EIO:
            raise


def print_json(value: Any) -> None:
    """Print valid JSON; a number that is infinite or undefined becomes null."""
    click.echo(json.dumps(_valid(value), ensure_ascii=False, indent=2, allow_nan=False))


def _valid(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _valid(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_valid(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def number(value: float, digits: int = 4) -> str:
    """Write a number for a reader, thousands apart; never "inf" or "nan"."""
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "infinite" if value > 0 else "-infinite"
    return f"{value:,.{digits}f}"


@contextlib.contextmanager
def progress_bar(label: str, unit: str = "") -> Iterator[Progress]:
    """Show how far a long step has come, on standard error and only in a terminal.

    Yields what is told (done, total); total None is unknown. The bar appears when it is
    first told. The unit "bytes" is written in MB with the speed; any other stands
    behind the numbers.
    """
    if not in_terminal(sys.stderr):
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    bar = Bar(*_columns(unit), console=Console(stderr=True), transient=True)
    task = bar.add_task(label, total=None)

    def tell(done: int, total: int | None) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        bar.stop()


def _columns(unit: str) -> "Iterator[ProgressColumn]":
    from rich import progress as bars

    yield bars.TextColumn("{task.description}", markup=False)
    yield bars.BarColumn()
    if unit == "bytes":
        yield bars.DownloadColumn()
        yield bars.TransferSpeedColumn()
    else:
        yield bars.MofNCompleteColumn()
        yield bars.TextColumn(unit, markup=False)
    yield bars.TimeRemainingColumn()


@contextlib.contextmanager
def working(label: str) -> Iterator[None]:
    """Show on a terminal's standard error that a step of unknown length goes on."""
    if not in_terminal(sys.stderr):
        yield
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(label)):
        yield
