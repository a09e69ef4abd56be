"""What `train` shows: a bar in a terminal, plain lines elsewhere."""

import sys
from typing import Any

from keraslm.time_left import TimeLeft
from keraslm.training.printed import PrintedProgress, parts, row_line
from keraslm_cli import console
from keraslm_cli.fitting import shortened
from keraslm_cli.flags import in_flags
from keraslm_cli.progress import ProgressLine


class TrainingProgress(PrintedProgress):
    """Shows the events of a run on standard error."""

    def __init__(self) -> None:
        super().__init__()
        self._line: ProgressLine | None = None
        self._stage = ""

    def __enter__(self) -> "TrainingProgress":
        if console.in_terminal(sys.stderr):
            self._line = ProgressLine()
        return self

    def __exit__(self, *error: object) -> None:
        if self._line is not None:
            with console.unless_gone():
                self._line.stop()

    def note(self, line: str) -> None:
        """Print a line of the library for the user."""
        self.print(in_flags(line))

    def print(self, line: str) -> None:
        """Print a line, above the bar where there is one."""
        if self._line is None:
            console.note(line)
        else:
            self._line.print_above(line)

    def reading(self, label: str, done: int, total: int) -> None:
        """Move the bar of a text that is being read."""
        if self._line is not None:
            self._show(self._line, label, done / max(total, 1), [label])

    def beginning(self, what: str) -> None:
        """Show what is done next, in place of what was."""
        if self._line is not None:
            self._line.show([what], 0.0)

    def training(self, fraction: float, row: dict[str, Any]) -> None:
        """Move the bar; print every validation, and without a bar training too."""
        if self._line is None:
            super().training(fraction, row)
            return
        self._show(self._line, "training", fraction, parts(row))
        if row["split"] == "valid":
            self.print(row_line(row))

    def sample(self, heading: str, text: str) -> None:
        """Show the first line that the model wrote."""
        first = next((line for line in text.split("\n") if line.strip()), "")
        if self._line is not None and first:
            room = console.terminal_width(sys.stderr)
            self.print(shortened(f"  wrote: {first}", room))

    def _show(
        self, line: ProgressLine, stage: str, share: float, said: list[str]
    ) -> None:
        if stage != self._stage:
            self._stage, self._left = stage, TimeLeft()
        line.show([f"{share:.0%}", self._left.at(share), *said], share)
