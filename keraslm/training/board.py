"""The history for TensorBoard, which is an extra."""

import pathlib
from typing import Any

from keraslm.errors import MissingExtra

EVENTS = "events.out.tfevents.*"
SCALARS = (
    "nats",
    "perplexity",
    "bits_per_character",
    "learning_rate",
    "gradient_norm",
    "tokens_per_second",
)


def writer_class() -> Any:
    """Give TensorBoard's writer.

    Raises: MissingExtra if TensorBoard is not installed.
    """
    try:
        from tensorboard.summary import Writer
    except ImportError as error:
        raise MissingExtra("`tensorboard=True`", "tensorboard") from error
    return Writer


class Board:
    """Writes each row of the history where TensorBoard looks for it.

    What was written there before goes: a resumed run writes all its rows anew.
    Raises: MissingExtra if TensorBoard is not installed.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        writer = writer_class()
        for earlier in folder.glob(EVENTS):
            earlier.unlink()
        self._writer = writer(str(folder))

    def add(self, row: dict[str, Any]) -> None:
        """Write the figures of a row under SPLIT/FIGURE."""
        for name in SCALARS:
            if name in row:
                tag = f"{row['split']}/{name}"
                self._writer.add_scalar(tag, row[name], row["step"])
        self._writer.flush()
