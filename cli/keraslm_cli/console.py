"""What the commands print: drawn to fit a terminal, plain lines in a pipe or a file.

Results go to standard output; progress and notes go to standard error, so that
`keraslm ... > file` holds the result alone. Nothing that a model, a text or a file
says steers the terminal: commands print through this file only.
"""

import contextlib
import errno
import json
import math
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import click

from keraslm_cli.fitting import width, wrapped
from keraslm_cli.progress import Progress, progress_bar, working
from keraslm_cli.tables import Row, Table
from keraslm_cli.terminal import drawable, in_terminal, terminal_width
from keraslm_cli.visible import LINES, visible, visible_json

__all__ = [
    "Progress",
    "in_terminal",
    "note",
    "number",
    "plain_table",
    "print_blank",
    "print_json",
    "print_line",
    "print_styled",
    "print_table",
    "print_text",
    "progress_bar",
    "say",
    "terminal_width",
    "width",
    "working",
]


LARGEST = 1e15  # a larger number is written with its power of ten


def print_table(
    headings: Row,
    rows: Sequence[Row],
    right: Sequence[int] = (),
    foot: int = 0,
    leave: Sequence[str] = (),
    texts: Sequence[int] | None = None,
) -> None:
    """Print a `tables.Table`: in a terminal it fits, in a pipe nothing is cut."""
    table = Table(headings, rows, right, leave, texts, foot)
    for line in table.lines(terminal_width() if in_terminal() else None):
        click.echo(_styled(drawable(line.text), line.style))


def plain_table(headings: Row, rows: Sequence[Row], right: Sequence[int]) -> list[str]:
    """Give a table as lines of text with aligned columns."""
    return [line.text for line in Table(headings, rows, right).lines(None)]


def print_styled(text: str, style: str) -> None:
    """Print a sentence in a style such as "dim" or "bold" where there are styles."""
    for line in _fitted(text, sys.stdout):
        click.echo(_styled(line, style))


def say(text: str) -> None:
    """Print a sentence; in a terminal it is broken between words."""
    print_styled(text, "")


def print_line(text: str) -> None:
    """Print a line as it is: a path, an address. What steers a terminal is escaped."""
    click.echo(visible(text) if in_terminal() else text)


def print_text(text: str, style: str = "") -> None:
    """Print a piece of a text with lines of its own, without an end."""
    if in_terminal():
        text = _styled(visible(text, LINES), style)
    click.echo(text, nl=False)


def print_blank() -> None:
    """Print an empty line, or end the present one."""
    click.echo()


def note(text: str) -> None:
    """Print a sentence on standard error: what the user may want to know."""
    with unless_gone():
        for line in _fitted(text, sys.stderr):
            click.echo(line, err=True)


@contextlib.contextmanager
def unless_gone() -> Iterator[None]:
    """Write to a terminal that may have been closed: a run outlasts its watcher."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EIO:
            raise


def _fitted(text: str, stream: TextIO) -> list[str]:
    """Break a sentence between words; a longer word, such as a path, stays whole."""
    text = visible(text)
    columns = terminal_width(stream)
    if not in_terminal(stream) or width(text) <= columns:
        return [text]
    return wrapped(text, columns, whole_words=True)


def _styled(text: str, style: str) -> str:
    if not style or not in_terminal() or "NO_COLOR" in os.environ:
        return text
    return click.style(text, **{style: True})


def print_json(value: Any) -> None:
    """Print valid JSON; a number that is infinite or undefined becomes null."""
    text = json.dumps(_valid(value), ensure_ascii=False, indent=2, allow_nan=False)
    click.echo(visible_json(text))


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
    if abs(value) >= LARGEST:
        return f"{value:.{digits}e}"
    return f"{value:,.{digits}f}"
