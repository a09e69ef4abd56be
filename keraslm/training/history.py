"""The history of a run: a row a measurement, in a CSV file that pandas reads."""

import csv
import math
import pathlib
from typing import Any

from keraslm import measures
from keraslm.training.board import Board
from keraslm.training.clock import Clock

COLUMNS = (
    "step",
    "epoch",
    "seconds",
    "split",
    "nats",
    "perplexity",
    "bits_per_character",
    "learning_rate",
    "gradient_norm",
    "tokens_per_second",
)


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
        self._write(",".join(COLUMNS) + "\n", "w")

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
        cells = (_cell(row.get(column, "")) for column in COLUMNS)
        self._write(",".join(cells) + "\n", "a")
        if self._board is not None:
            self._board.add(row)
        return row

    def _write(self, line: str, mode: str) -> None:
        with self._path.open(mode, encoding="utf-8", newline="") as file:
            file.write(line)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.9g}" if math.isfinite(value) else str(value)
    return str(value)


def read_history(path: pathlib.Path) -> list[dict[str, str]]:
    """Read the rows back as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
