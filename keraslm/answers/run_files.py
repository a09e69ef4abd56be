"""What a folder RUN holds so far, read while another process may be writing it.

Nothing is changed. A last line without its end is still being written, so it
waits; a damaged one is left out and counted.
"""

import dataclasses
import math
import os
import pathlib
import re
from typing import Any

from keraslm.history import COLUMNS, SPLITS
from keraslm.training.folder import LOCK, RunFolder
from keraslm.training.lock import is_held

SHOWN = ("step", "seconds", "split", "nats", "perplexity", "learning_rate")
MOST_ROWS = 500  # of each split, evenly spaced in a longer history
MOST_SAMPLES = 200
LARGEST = 64 << 20  # bytes of a file that are read
GO_ON = "`keraslm resume` goes on with it"
_HEADING = re.compile(r"^--- (?:step (\d+), epoch \d+|counted)$", re.MULTILINE)

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Told:
    """The history and the samples of a run, as far as they are written."""

    rows: list[Row]
    damaged: int
    """Lines of the history that are no row."""
    samples: list[Row]
    """Each with its "step" and "text", in the order they were written."""


class RunFiles:
    """A folder RUN that is watched, whether it is there yet or not."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.folder = RunFolder(path)
        self.name = self.folder.path.name or str(path)
        self._lock = self.folder.path / LOCK

    def told(self) -> Told:
        """Read the history and the samples."""
        rows, damaged = rows_of(_text(self.folder.history))
        samples = samples_of(_text(self.folder.samples))[-MOST_SAMPLES:]
        return Told(thinned(rows), damaged, samples)

    def steps(self) -> dict[int, pathlib.Path]:
        """Give the file of the model kept of each step, in order of steps."""
        found = {}
        for file in self.folder.models_of_steps:
            number = file.stem.removeprefix("step-")
            if number.isascii() and number.isdecimal():
                found[int(number)] = file
        return dict(sorted(found.items()))

    def version(self) -> list[tuple[int, int]]:
        """Give what changes whenever a file of the run does."""
        folder = self.folder
        files = (folder.history, folder.samples, folder.configuration, folder.card)
        return [_stamp(file) for file in (*files, *folder.models_of_steps)]

    def begun(self) -> tuple[int, int]:
        """Give what changes when a run begins in the folder, or goes on."""
        return _stamp(self.folder.configuration)

    def is_training(self) -> bool:
        """Say whether a process trains here now."""
        return is_held(self._lock)

    def situation(self) -> str:
        """Say in one line how far the run is."""
        folder = self.folder
        if not folder.configuration.exists():
            return f"{self.name}: no run has begun here yet."
        if self.is_training():
            return f"{self.name}: training."
        if self._lock.exists():  # it goes with every other end
            return f"{self.name}: stopped, its process was killed; {GO_ON}."
        if folder.card.exists():  # it goes when another model is kept
            return f"{self.name}: the run has ended."
        return f"{self.name}: the run was interrupted; {GO_ON}."


def rows_of(text: str) -> tuple[list[Row], int]:
    """Read the whole lines of a history; give its rows, and how many lines are none.

    A figure that is no finite number is None.
    """
    rows, damaged = [], 0
    for line in text[: text.rfind("\n") + 1].splitlines()[1:]:
        row = _row(line)
        damaged += row is None
        if row is not None:
            rows.append(row)
    return rows, damaged


def _row(line: str) -> Row | None:
    cells = dict(zip(COLUMNS, line.split(","), strict=False))
    if len(cells) < len(COLUMNS) or cells["split"] not in SPLITS:
        return None
    try:
        step = int(cells["step"])
        figures = {name: _figure(cells[name]) for name in SHOWN if name != "split"}
    except ValueError:
        return None
    return {**figures, "step": step, "split": cells["split"]}


def _figure(cell: str) -> float | None:
    value = float(cell) if cell else math.nan
    return value if math.isfinite(value) else None


def samples_of(text: str) -> list[Row]:
    """Read what the model wrote: its step, and the text below; counts have step 0."""
    parts = _HEADING.split(text)  # before the first; then a step and a text by turns
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return [
        {"step": int(step or 0), "text": found.strip("\n")} for step, found in pairs
    ]


def thinned(rows: list[Row], most: int = MOST_ROWS) -> list[Row]:
    """Leave out rows of long histories, evenly; the last of each split stays."""
    kept = []
    for split in SPLITS:
        own = [row for row in rows if row["split"] == split]
        every = -(-len(own) // most) or 1
        kept += own[::-1][::every]
    return sorted(kept, key=lambda row: int(row["step"]))


def _text(path: pathlib.Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode("utf-8", errors="replace")
    except OSError:  # not there yet, or not any more
        return ""


def _stamp(path: pathlib.Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
