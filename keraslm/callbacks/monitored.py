"""A callback that hears of a figure in the logs, in an epoch and at its end."""

from typing import Any

import keras


class Monitored(keras.callbacks.Callback):
    """Call `measured` whenever the figure `monitor` stands in the logs."""

    monitor: str

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Hear of what was measured after a step."""
        super().on_train_batch_end(batch, logs)
        self._hear(logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Hear of what was measured after an epoch."""
        super().on_epoch_end(epoch, logs)
        self._hear(logs)

    def _hear(self, logs: Any) -> None:
        if logs and self.monitor in logs:
            self.measured(float(logs[self.monitor]))

    def measured(self, figure: float) -> None:
        """Take a new figure."""
