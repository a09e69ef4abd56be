"""How far a long step has come, on one line of the terminal, with the time left.

All of it is shown on standard error and only in a terminal.
"""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from keraslm.time_left import TimeLeft
from keraslm_cli.fitting import fitting, shortened
from keraslm_cli.terminal import in_terminal, terminal_width
from keraslm_cli.visible import visible

Progress = Callable[[int, int | None], None]
BAR = 20  # columns
WIDE = 60  # a terminal with fewer columns has no room for a bar


class ProgressLine:
    """A bar and what is said beside it, never wider than the terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        text = TextColumn("{task.description}", markup=False)
        wide = terminal_width(sys.stderr) >= WIDE
        bars = [BarColumn(bar_width=BAR)] if wide else []
        self._console = Console(stderr=True, width=terminal_width(sys.stderr))
        self._bar = Progress(*bars, text, console=self._console, transient=True)
        self._task: Any = None
        self._taken = (BAR + 1) * wide + 1  # the last column stays free

    def show(self, parts: Sequence[str], share: float | None) -> None:
        """Show the parts that have room, the first ones first; None is unknown."""
        self._console.width = terminal_width(sys.stderr)  # it may have been changed
        room = self._console.width - self._taken
        line = fitting([visible(part) for part in parts if part], room)
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task(line, total=None)
        total = None if share is None else 1.0
        self._bar.update(self._task, description=line, completed=share, total=total)

    def print_above(self, line: str) -> None:
        """Print a line that stays."""
        from rich.text import Text

        self._console.print(Text(visible(line)))

    def stop(self) -> None:
        """Take the line away."""
        self._bar.stop()


@contextlib.contextmanager
def progress_bar(label: str, unit: str = "") -> Iterator[Progress]:
    """Show how far a long step has come.

    Yields what is told (done, total); total None is unknown. The bar appears when it is
    first told. The unit "bytes" is written in MB with the speed; any other stands
    behind the numbers.
    """
    if not in_terminal(sys.stderr):
        yield lambda done, total: None
        return
    line, left, start = ProgressLine(), TimeLeft(), time.monotonic()

    def tell(done: int, total: int | None) -> None:
        share = min(done / total, 1.0) if total else None
        percent = "" if share is None else f"{share:.0%}"
        rest = "" if share is None else left.at(share)
        spent = time.monotonic() - start
        line.show([label, percent, rest, *_amounts(done, total, unit, spent)], share)

    try:
        yield tell
    finally:
        line.stop()


def _amounts(done: int, total: int | None, unit: str, spent: float) -> Iterator[str]:
    if unit == "bytes":
        yield f"{done / 1e6:,.1f}" + (f" of {total / 1e6:,.1f} MB" if total else " MB")
        yield f"{done / 1e6 / spent:,.1f} MB/s" if spent else ""
    else:
        of = f" of {total:,}" if total else ""
        yield f"{done:,}{of} {unit}".rstrip()


@contextlib.contextmanager
def working(label: str) -> Iterator[None]:
    """Show that a step of unknown length goes on."""
    if not in_terminal(sys.stderr):
        yield
        return
    from rich.console import Console
    from rich.text import Text

    columns = terminal_width(sys.stderr)
    said = Text(shortened(visible(label), columns - 3))  # beside the turning sign
    with Console(stderr=True, width=columns).status(said):
        yield
