"""How training goes, in plain lines."""

import sys
import time
from typing import Any

from keraslm.callbacks.clock import Clock, Clocked
from keraslm.time_left import TimeLeft

LARGEST = 1e15  # a larger perplexity is written with its power of ten


class Progress(Clocked):
    """Print a line every few seconds and after every epoch, with the time left.

        model.fit(train, verbose=0, callbacks=[keraslm.callbacks.Progress()])

    It reads well where a bar does not: in a file, or a terminal without colours.
    """

    def __init__(self, seconds: float = 5.0, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.seconds = seconds
        self._left = TimeLeft()
        self._last_line = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Print, if the last line is some seconds old."""
        super().on_train_batch_end(batch, logs)
        if time.monotonic() - self._last_line >= self.seconds:
            self._print(batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Print the figures of the epoch."""
        self._print(self.params.get("steps") or 0, logs)

    def _print(self, batch: int, logs: Any) -> None:
        self._last_line = time.monotonic()
        epochs, steps = self.params.get("epochs"), self.params.get("steps")
        share = self.clock.progress
        if not share and epochs and steps:
            share = (self.clock.epoch - 1 + batch / steps) / epochs
        figures = [f"{name} {_figure(x)}" for name, x in (logs or {}).items()]
        said = [
            f"step {self.clock.step:,}",
            f"epoch {self.clock.epoch}",
            f"{self.clock.seconds:.0f} s",
            *figures,
            self._left.at(share),
        ]
        sys.stdout.write(", ".join(filter(None, said)) + "\n")
        sys.stdout.flush()


def _figure(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < LARGEST else f"{value:.2e}"
