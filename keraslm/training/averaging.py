"""The mean of the weights over many steps, which is validated and kept in their place.

Math:   m <- m + (w - m) / min(n, N),  n steps after averaging began; until then m = w
References: Polyak & Juditsky (1992), all steps; Merity, Keskar & Socher (2018), from
        when validation stops improving.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
from keras import ops

from keraslm.training import recalled
from keraslm.training.options import Configuration


class Averaging(keras.callbacks.Callback):
    """Tell the optimizer before each step how fast the mean follows the weights.

    `average_steps` N is about how many steps are averaged, all of them if it is left
    out; with `average_after` k, averaging begins when a validation is worse than the
    best of those k or more before it.
    """

    def __init__(self, c: Configuration) -> None:
        super().__init__()
        self._most = c.average_steps
        self._patience = c.average_after
        self._figures: list[float] = []
        self._on = averages(c)
        self._began = self._on and self._patience is None
        self._steps = 0

    def on_train_batch_begin(self, batch: int, logs: object = None) -> None:
        """Set the share of the step to come."""
        if not self._on:
            return
        self._steps += self._began
        averaged = max(self._steps, 1)
        if self.model.optimizer.built:  # in the first step; its share is 1
            share = 1 / min(averaged, self._most or averaged)
            self.model.optimizer.averaging_share.assign(share)

    def validated(self, nats: float) -> None:
        """Hear of a validation; it may be the one that averaging begins after."""
        self._figures.append(nats)
        if self._patience is not None:
            earlier = self._figures[: -self._patience]
            self._began |= bool(earlier) and nats > min(earlier)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Let the model have the mean weights for a while."""
        weights = self.model.trainable_variables if self._on else []
        present = [ops.copy(weight) for weight in weights]
        self.finish()
        try:
            yield
        finally:
            _assign(weights, present)

    def finish(self) -> None:
        """Let the model have the mean weights from now on."""
        optimizer = self.model.optimizer
        if self._on and int(optimizer.iterations):
            _assign(self.model.trainable_variables, optimizer.averages)

    def to_dict(self) -> dict[str, Any]:
        """Give what goes into a checkpoint, beside the mean: the optimizer has it."""
        return {"figures": self._figures, "began": self._began, "steps": self._steps}

    def restore(self, told: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self._figures = [recalled.figure(figure) for figure in told["figures"]]
        self._began, self._steps = bool(told["began"]), recalled.count(told["steps"])


def averages(c: Configuration) -> bool:
    """Say whether a run averages weights."""
    return c.average_steps is not None or c.average_after is not None


def _assign(weights: list[Any], values: list[Any]) -> None:
    for weight, value in zip(weights, values, strict=True):
        weight.assign(ops.copy(value))  # JAX would let the two share their memory
