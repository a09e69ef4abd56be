"""How far training has come, in steps and in seconds."""

import time
from typing import Any

import keras
from keras import ops

from keraslm.checkpoints import validated


class Clock(keras.callbacks.Callback):
    """Count steps, epochs and seconds of training.

    `progress` is the share of the run that is done, 0 where nothing limits it.
    """

    comes_first = True
    by_time: bool = False
    """Whether minutes limit the run."""

    def __init__(self) -> None:
        super().__init__()
        self.step = 0
        self.epoch = 0
        self._spent = 0.0
        self._start = time.perf_counter()

    def on_train_begin(self, logs: Any = None) -> None:
        """Start counting the seconds, after those that a checkpoint tells of."""
        self.start()

    def start(self) -> None:
        """Count the seconds from now on, after those that were spent."""
        self._start = time.perf_counter() - self._spent

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch, from 1 on."""
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Note how many steps were made, which may be several at once."""
        self.step = int(ops.convert_to_numpy(self.model.optimizer.iterations))

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def progress(self) -> float:
        """The share of the run that is done, in [0, 1]."""
        return 0.0

    @property
    def over(self) -> bool:
        """Whether the run has come to its end."""
        return self.progress >= 1

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {"step": self.step, "epoch": self.epoch, "seconds": self.seconds}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint; the time since it was written does not count."""
        self.step = validated.count(state["step"])
        self.epoch = validated.count(state["epoch"])
        self._spent = validated.duration(state["seconds"])
        self.start()


class Clocked(keras.callbacks.Callback):
    """A callback that asks a clock: one that it is given, or one of its own."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__()
        self.clock = Clock() if clock is None else clock
        self._owns_clock = clock is None

    def set_model(self, model: Any) -> None:
        """Follow a model."""
        super().set_model(model)
        if self._owns_clock:
            self.clock.set_model(model)

    def on_train_begin(self, logs: Any = None) -> None:
        """Start a clock of its own."""
        if self._owns_clock:
            self.clock.on_train_begin(logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Count with a clock of its own."""
        if self._owns_clock:
            self.clock.on_epoch_begin(epoch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count with a clock of its own."""
        if self._owns_clock:
            self.clock.on_train_batch_end(batch, logs)


class Every:
    """Says when so many steps have gone by since it said so last."""

    def __init__(self, steps: int | None) -> None:
        self._steps = steps
        self._last = 0

    def due(self, step: int) -> bool:
        """Say whether a multiple of the steps was reached or passed."""
        if self._steps is None or step // self._steps == self._last // self._steps:
            return False
        self._last = step
        return True

    def resume(self, step: int) -> None:
        """Go on after a step."""
        self._last = step
