"""What a run says to whoever asked for it: a line now and then."""

import sys
import time
from typing import Any

from keraslm.time_left import TimeLeft
from keraslm.training.reporter import Reporter

SECONDS_BETWEEN_LINES = 5.0
LARGEST = 1e15  # a larger perplexity is written with its power of ten


class PrintedProgress(Reporter):
    """Prints the notes of a run, each validation, and training now and then."""

    def __init__(self) -> None:
        self._left = TimeLeft()
        self._last_line = 0.0

    def note(self, line: str) -> None:
        """Print a line for the user."""
        self.print(line)

    def training(self, fraction: float, row: dict[str, Any]) -> None:
        """Print every validation, and training now and then."""
        left = self._left.at(fraction)
        due = time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES
        if row["split"] == "valid" or due:
            self._last_line = time.monotonic()
            self.print(row_line(row, left))

    def print(self, line: str) -> None:
        """Print a line on standard output, as Keras does."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def parts(row: dict[str, Any]) -> list[str]:
    """Say a row of the history in parts, the most important one first.

    That is what it has `said`, or its perplexity.
    """
    speed = row.get("tokens_per_second")
    return [
        f"{row['split']} {row['said'] if 'said' in row else _perplexity(row)}",
        f"step {row['step']:,}",
        f"epoch {row['epoch']}",
        f"{speed:,.0f} tokens/s" if speed else "",
    ]


def _perplexity(row: dict[str, Any]) -> str:
    perplexity = row["perplexity"]
    written = f"{perplexity:,.2f}" if perplexity < LARGEST else f"{perplexity:.2e}"
    return f"perplexity {written}"


def row_line(row: dict[str, Any], left: str = "") -> str:
    """Say a row of the history in a line, with the time left."""
    what, step, epoch, speed = parts(row)
    said = [f"{step}, {epoch}, {row['seconds']:.0f} s: {what}", speed, left]
    return ", ".join(filter(None, said))
