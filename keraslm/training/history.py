"""The history of a run: a row a measurement, in a CSV file that pandas reads."""

import csv
import math
import pathlib
from typing import Any

from keraslm import measures
from keraslm.training import recalled
from keraslm.training.board import Board
from keraslm.training.clock import Clock

OF_EVERY_ROW = (
    "step",
    "epoch",
    "seconds",
    "split",
    "nats",
    "perplexity",
    "bits_per_character",
)
COLUMNS = (*OF_EVERY_ROW, "learning_rate", "gradient_norm", "tokens_per_second")
SPLITS = ("train", "epoch", "valid")
_HEAD = ",".join(COLUMNS) + "\n"


class History:
    """Rows of the file `history.csv`, each written whole as soon as it is known.

    split   train: the mean over the tokens since the last such row
            epoch: the mean over the tokens of the epoch
            valid: every token of the validation text, exact
    nats    per token; seconds since the start of training
    """

    def __init__(self, path: pathlib.Path, board: Board | None = None) -> None:
        self.rows: list[dict[str, Any]] = []
        self._path = path
        self._board = board
        self._write(_HEAD, "w")

    def add(
        self, clock: Clock, split: str, nats: float, bits_per_nat: float, **more: float
    ) -> dict[str, Any]:
        """Add a row; what is not known of it is left empty.

        `bits_per_nat` turns nats per token into bits per character of that text.
        """
        row = {
            "step": clock.step,
            "epoch": clock.epoch,
            "seconds": clock.seconds,
            "split": split,
            "nats": nats,
            "perplexity": measures.perplexity(nats),
            "bits_per_character": nats * bits_per_nat,
            **more,
        }
        self.rows.append(row)
        self._write(_line(row), "a")
        self._show(row)
        return row

    def to_dict(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {"rows": self.rows}

    def restore(self, told: dict[str, Any]) -> None:
        """Go on from a checkpoint; rows that were added after it go."""
        self.rows[:] = [_checked(row) for row in told["rows"]]
        self._write(_HEAD + "".join(map(_line, self.rows)), "w")
        for row in self.rows:
            self._show(row)

    def _show(self, row: dict[str, Any]) -> None:
        if self._board is not None:
            self._board.add(row)

    def _write(self, line: str, mode: str) -> None:
        with self._path.open(mode, encoding="utf-8", newline="") as file:
            file.write(line)


def _line(row: dict[str, Any]) -> str:
    return ",".join(_cell(row.get(column, "")) for column in COLUMNS) + "\n"


def _checked(row: dict[str, Any]) -> dict[str, Any]:
    """Let a row through if it is one.

    Raises: ValueError
    """
    figures = [value for name, value in row.items() if name != "split"]
    if row["split"] not in SPLITS or not {*OF_EVERY_ROW} <= {*row} <= {*COLUMNS}:
        raise ValueError(f"a row of the history: {row}")
    if any(type(x) not in (int, float) or math.isnan(x) for x in figures):
        raise ValueError(f"the figures of a row of the history: {row}")
    recalled.count(row["step"])
    return row


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.9g}" if math.isfinite(value) else str(value)
    return str(value)


def read_history(path: pathlib.Path) -> list[dict[str, str]]:
    """Read the rows back as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
