"""The history of a run: a row a measurement, in a CSV file that pandas reads."""

import csv
import math
import os
import pathlib
from typing import Any, Protocol

from keraslm import measures
from keraslm.checkpoints import validated

Row = dict[str, Any]
OF_EVERY_ROW = (
    "step",
    "epoch",
    "seconds",
    "split",
    "nats",
    "perplexity",
    "bits_per_character",
)
COLUMNS = (
    *OF_EVERY_ROW,
    "learning_rate",
    "gradient_norm",
    "tokens_per_second",
    "tokens",
)
SPLITS = ("train", "epoch", "valid")
_HEAD = ",".join(COLUMNS) + "\n"


class Watcher(Protocol):
    """Shown every row, such as TensorBoard."""

    def add(self, row: Row) -> None:
        """Take a row."""


class History:
    """Rows of the file `history.csv`, each written whole as soon as it is known.

    split   train: the mean over the tokens since the last such row
            epoch: the mean over the tokens of the epoch
            valid: every token of the validation text, exact
    nats    per token; seconds since the start of training
    tokens  train: how many tokens the mean is over
    """

    def __init__(
        self, path: str | os.PathLike[str], watcher: Watcher | None = None
    ) -> None:
        self.rows: list[Row] = []
        self._path = pathlib.Path(path)
        self._watcher = watcher
        self._write(_HEAD, "w")

    def add(self, row: Row) -> None:
        """Add a row; what is not known of it is left empty."""
        self.rows.append(row)
        self._write(_line(row), "a")
        self._show(row)

    def restore(self, rows: list[Row]) -> None:
        """Go on from the rows of a checkpoint; those that were added after it go.

        Raises: ValueError if one is no row.
        """
        self.rows[:] = [_checked(row) for row in rows]
        self._write(_HEAD + "".join(map(_line, self.rows)), "w")
        for row in self.rows:
            self._show(row)

    def _show(self, row: Row) -> None:
        if self._watcher is not None:
            self._watcher.add(row)

    def _write(self, line: str, mode: str) -> None:
        with self._path.open(mode, encoding="utf-8", newline="") as file:
            file.write(line)


def new_row(
    split: str,
    nats: float,
    bits_per_nat: float | None,
    step: int = 0,
    epoch: int = 0,
    seconds: float = 0.0,
    **more: float,
) -> Row:
    """Make a row; `bits_per_nat` turns nats per token into bits per character."""
    row = {
        "step": step,
        "epoch": epoch,
        "seconds": seconds,
        "split": split,
        "nats": nats,
        "perplexity": measures.perplexity(nats),
    }
    if bits_per_nat is not None:
        row["bits_per_character"] = nats * bits_per_nat
    return row | more


def read_history(path: pathlib.Path) -> list[dict[str, str]]:
    """Read the rows back as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _line(row: Row) -> str:
    return ",".join(_cell(row.get(column, "")) for column in COLUMNS) + "\n"


def _checked(row: Row) -> Row:
    """Let a row through if it is one.

    Raises: ValueError
    """
    figures = [value for name, value in row.items() if name != "split"]
    if row["split"] not in SPLITS or not {*OF_EVERY_ROW} <= {*row} <= {*COLUMNS}:
        raise ValueError(f"a row of the history: {row}")
    if any(type(x) not in (int, float) or math.isnan(x) for x in figures):
        raise ValueError(f"the figures of a row of the history: {row}")
    validated.count(row["step"])
    return row


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.9g}" if math.isfinite(value) else str(value)
    return str(value)
