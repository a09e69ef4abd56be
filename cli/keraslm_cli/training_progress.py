"""What `train` shows: a bar in a terminal, plain lines elsewhere."""

import sys
import time
from typing import Any

from keraslm.training.reporter import Reporter
from keraslm_cli import console
from keraslm_cli.fitting import shortened
from keraslm_cli.flags import in_flags
from keraslm_cli.progress import ProgressLine, TimeLeft

SECONDS_BETWEEN_LINES = 5.0


class TrainingProgress(Reporter):
    """Shows the events of a run on standard error."""

    def __init__(self) -> None:
        self._line: ProgressLine | None = None
        self._stage = ""
        self._left = TimeLeft()
        self._last_line = 0.0

    def __enter__(self) -> "TrainingProgress":
        if console.in_terminal(sys.stderr):
            self._line = ProgressLine()
        return self

    def __exit__(self, *error: object) -> None:
        if self._line is not None:
            self._line.stop()

    def note(self, line: str) -> None:
        """Print a line for the user."""
        self._print(in_flags(line))

    def _print(self, line: str) -> None:
        if self._line is None:
            console.note(line)
        else:
            self._line.print_above(line)

    def reading(self, label: str, done: int, total: int) -> None:
        """Move the bar of a text that is being read."""
        share = done / max(total, 1)
        self._show([label, f"{share:.0%}", self._time_left(label, share)], share)

    def training(self, fraction: float, row: dict[str, Any]) -> None:
        """Move the bar; print every validation, and training now and then."""
        left = self._time_left("training", fraction)
        self._show([f"{fraction:.0%}", left, *parts(row)], fraction)
        due = time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES
        if row["split"] == "valid" or (due and self._line is None):
            self._last_line = time.monotonic()
            self._print(row_line(row, left))

    def sample(self, heading: str, text: str) -> None:
        """Show the first line that the model wrote."""
        first = next((line for line in text.split("\n") if line.strip()), "")
        if self._line is not None and first:
            room = console.terminal_width(sys.stderr)
            self._print(shortened(f"  wrote: {first}", room))

    def _time_left(self, stage: str, share: float) -> str:
        if stage != self._stage:
            self._stage, self._left = stage, TimeLeft()
        return self._left.at(share)

    def _show(self, said: list[str], share: float) -> None:
        if self._line is not None:
            self._line.show(said, share)


def parts(row: dict[str, Any]) -> list[str]:
    """Say a row of the history in parts, the most important one first."""
    speed = row.get("tokens_per_second")
    return [
        f"{row['split']} perplexity {console.number(row['perplexity'], 2)}",
        f"step {row['step']:,}",
        f"epoch {row['epoch']}",
        f"{speed:,.0f} tokens/s" if speed else "",
    ]


def row_line(row: dict[str, Any], left: str = "") -> str:
    """Say a row of the history in a line, with the time left."""
    what, step, epoch, speed = parts(row)
    said = [f"{step}, {epoch}, {row['seconds']:.0f} s: {what}", speed, left]
    return ", ".join(filter(None, said))
