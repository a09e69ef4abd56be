"""The learning rate over the run."""

import math
from typing import Any

import keras

from keraslm.training import recalled
from keraslm.training.clock import Clock
from keraslm.training.options import Configuration


def share_of_rate(c: Configuration, progress: float, epoch: int) -> float:
    """Give the share of the learning rate at a point of the run.

    Math:   cosine  (1 + cos(pi p)) / 2;   linear  1 - p;   p in [0, 1]
            decay   d^max(e - n, 0), in epoch e = 1, 2, .. with n `decay_after`;  else 1
    References: Loshchilov & Hutter (2017), cosine; Zaremba, Sutskever & Vinyals
            (2014), decay.
    """
    if c.schedule == "cosine":
        return (1 + math.cos(math.pi * progress)) / 2
    if c.schedule == "linear":
        return 1 - progress
    if c.schedule == "decay":
        return float(c.decay ** max(epoch - c.decay_after, 0))
    return 1.0


class LearningRate(keras.callbacks.Callback):
    """Set the learning rate before every step: warm-up, then the schedule.

    With the schedule "plateau" it is multiplied by a factor whenever a validation
    does not improve on the best. With minutes, the schedule ends when they end.
    """

    def __init__(self, c: Configuration, clock: Clock) -> None:
        super().__init__()
        self._c = c
        self._clock = clock
        self._reduced = 1.0
        self.value = 0.0

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        """Set the rate of the step to come."""
        c, step = self._c, self._clock.step
        warm = min(1.0, (step + 1) / (c.warmup + 1))
        share = share_of_rate(c, self._clock.progress, self._clock.epoch)
        self.value = (c.learning_rate or 0.0) * warm * share * self._reduced
        self.model.optimizer.learning_rate.assign(self.value)

    def validated(self, improved: bool) -> None:
        """Hear of a validation."""
        if self._c.schedule == "plateau" and not improved:
            self._reduced *= self._c.plateau_factor

    def to_dict(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {"reduced": self._reduced, "value": self.value}

    def restore(self, told: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self._reduced = recalled.figure(told["reduced"])
        self.value = recalled.figure(told["value"])
