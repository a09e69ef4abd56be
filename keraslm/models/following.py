"""The callbacks of a fit over a Windows: their order, and a training in two parts."""

import math
from typing import Any

import keras
from keras import ops

from keraslm.errors import TrainingError
from keraslm.windows import Windows


class TwoParts(keras.callbacks.CallbackList):
    """Keras's list of callbacks, for which a resumed epoch and the rest are one fit.

    A training that a checkpoint interrupted in mid-epoch is fitted in two parts; its
    callbacks see one beginning and one end.
    """

    goes_on = False
    """Whether a second part follows."""
    went_on = False
    """Whether this is the second part."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin, once."""
        if not self.went_on:
            super().on_train_begin(logs)

    def on_train_end(self, logs: Any = None) -> None:
        """End, once."""
        if not self.goes_on:
            super().on_train_end(logs)

    def end_at_once(self, model: Any, cut_short: int | None = None) -> Any:
        """Begin and end without a step, and the epoch that was cut short, if any."""
        self.on_train_begin()
        if cut_short is not None:
            self.on_epoch_begin(cut_short)
            self.on_epoch_end(cut_short, {})
        self.on_train_end({})
        return model.history


class ReadEpoch(keras.callbacks.Callback):
    """Let a Windows give the epoch that Keras is in."""

    comes_first = True

    def __init__(self, windows: Windows) -> None:
        super().__init__()
        self._windows = windows

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set its number."""
        self._windows.epoch = epoch


class StopAtNaN(keras.callbacks.Callback):
    """End training in one line at a loss that is no number."""

    comes_first = True

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the loss of the step.

        Raises: TrainingError
        """
        loss = float((logs or {}).get("loss", 0.0))
        if math.isfinite(loss):
            return
        optimizer = self.model.optimizer
        step = int(ops.convert_to_numpy(optimizer.iterations))
        norm = getattr(optimizer, "gradient_norm", None)
        size = "" if norm is None else f", gradient norm {float(norm):.3g}"
        rate = float(ops.convert_to_numpy(optimizer.learning_rate))
        raise TrainingError(
            f"the loss became {loss} at step {step}{size}; try a lower "
            f"`learning_rate` (it was {rate:.3g}), a `warmup`, or a lower `clip_norm`"
        )


def listed(callbacks: Any) -> list[Any]:
    """Give the callbacks of a list, of Keras's list, or the only one."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return list(callbacks.callbacks)
    return keras.tree.flatten(callbacks) if callbacks else []


def in_order(callbacks: list[Any]) -> list[Any]:
    """Put first what others ask, such as `ExactPerplexity`, and last `ExactResume`."""

    def place(callback: Any) -> int:
        if getattr(callback, "comes_first", False):
            return 0
        return 2 if hasattr(callback, "begin") else 1

    return sorted(callbacks, key=place)


def resumed(model: Any, windows: Windows, callbacks: list[Any]) -> tuple[int, int]:
    """Give the epoch and the step to begin at, which a callback may have kept."""
    for callback in callbacks:
        if hasattr(callback, "begin"):
            windows.epoch, step = callback.begin(model, windows, callbacks)
            return windows.epoch, step
    return 0, 0
