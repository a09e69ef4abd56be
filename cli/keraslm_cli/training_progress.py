"""What `train` shows: a bar in a terminal, plain lines elsewhere."""

import sys
import time
from typing import Any

from keraslm.training.reporter import Reporter
from keraslm_cli import console

SECONDS_BETWEEN_LINES = 5.0


class TrainingProgress(Reporter):
    """Shows the events of a run on standard error."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._last_line = 0.0

    def __enter__(self) -> "TrainingProgress":
        if console.in_terminal(sys.stderr):
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            text = TextColumn("{task.description}", markup=False)
            self._bar = Progress(
                text, BarColumn(), console=Console(stderr=True), transient=True
            )
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            with console.unless_gone():
                self._bar.stop()

    def note(self, line: str) -> None:
        """Print a line for the user."""
        self._print(line)

    def reading(self, label: str, done: int, total: int) -> None:
        """Move the bar of a text that is being read."""
        self._move(label, done / max(total, 1))

    def training(self, fraction: float, row: dict[str, Any]) -> None:
        """Move the bar; print every validation, and training now and then."""
        line = row_line(row)
        self._move(line, fraction)
        due = time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES
        if row["split"] == "valid" or (due and self._bar is None):
            self._last_line = time.monotonic()
            self._print(line)

    def sample(self, heading: str, text: str) -> None:
        """Show the first line that the model wrote."""
        first = next((line for line in text.split("\n") if line.strip()), "")
        if self._bar is not None and first:
            self._print(f"  wrote: {first[:70]}")

    def _move(self, label: str, fraction: float) -> None:
        if self._bar is None:
            return
        with console.unless_gone():
            if self._task is None:
                self._task = self._bar.add_task(label, total=1.0)
            self._bar.update(self._task, description=label, completed=fraction)

    def _print(self, line: str) -> None:
        if self._bar is None:
            console.note(line)
            return
        with console.unless_gone():
            self._bar.console.print(line, markup=False, highlight=False)


def row_line(row: dict[str, Any]) -> str:
    """Say a row of the history in a line."""
    where = f"step {row['step']:,}, epoch {row['epoch']}, {row['seconds']:.0f} s"
    what = f"{row['split']} perplexity {row['perplexity']:,.2f}"
    speed = row.get("tokens_per_second")
    return f"{where}: {what}" + (f", {speed:,.0f} tokens/s" if speed else "")
