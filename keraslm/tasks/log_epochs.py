"""The history of a task's training, a row an epoch."""

from collections.abc import Callable
from typing import Any

import keras

from keraslm.callbacks import StopAfter
from keraslm.checkpoints import validated

Row = dict[str, Any]


class LogEpochs(keras.callbacks.Callback):
    """Keep a row of each epoch's figures, and report them, and the loss of each step.

    `write` is given all rows after an epoch; `report` the share of the run that is done
    and a row, in which `said` says the figure in words.
    """

    def __init__(
        self,
        clock: StopAfter,
        write: Callable[[list[Row]], None],
        report: Callable[[float, Row], None],
        monitor: str,
    ) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._clock, self._write, self._report = clock, write, report
        self._monitor = monitor

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report the mean loss of the epoch so far."""
        self._tell("train", f"loss {logs['loss']:.4f}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Add a row."""
        figures = {name: float(value) for name, value in (logs or {}).items()}
        self.rows.append(self._now | figures)
        self._write(self.rows)
        if self._monitor in figures:
            name = self._monitor.removeprefix("val_")
            figure = figures[self._monitor]
            said = f"{figure:.4f}" if name == "loss" else f"{figure:.2%}"
            self._tell("valid", f"{name} {said}")

    @property
    def _now(self) -> Row:
        clock = self._clock
        return {"step": clock.step, "epoch": clock.epoch, "seconds": clock.seconds}

    def _tell(self, split: str, said: str) -> None:
        row = {"split": split, "said": said, **self._now}
        self._report(self._clock.progress, row)

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {"rows": self.rows}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from the rows of a checkpoint.

        Raises: ValueError if they are none.
        """
        self.rows[:] = [
            {str(name): validated.figure(value) for name, value in row.items()}
            | {name: validated.count(row[name]) for name in ("step", "epoch")}
            for row in state["rows"]
        ]
        if self.rows:
            self._write(self.rows)
