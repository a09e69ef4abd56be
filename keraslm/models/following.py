"""A fit in the order of the data, which goes on where a checkpoint was written."""

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keraslm.errors import TrainingError


def fit_in_order(
    model: Any,
    fit: Callable[..., Any],
    data: Any,
    from_step: Callable[[Any, int], Any],
    **more: Any,
) -> Any:
    """Train from the first step of the data, or from where a checkpoint says.

    `fit` is Keras's, of the model; `data` gives the steps of its `epoch`, and
    `from_step(data, n)` those from the n-th on. Among the callbacks `ExactResume` says
    where to begin.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    epoch, step = _resumed(model, data, more["callbacks"])
    epochs = more["epochs"]
    callbacks = TwoParts(
        [ReadEpoch(data), *more["callbacks"]],
        add_history=True,
        add_progbar=more["verbose"] != 0,
        verbose=more["verbose"],
        epochs=epochs,
        steps=len(data),
        model=model,
    )
    more |= {"callbacks": callbacks, "shuffle": False}
    if any(getattr(callback, "over", False) for callback in callbacks.callbacks):
        valid = more.get("validation_data")
        return callbacks.end_at_once(model, epoch if step else None, valid)
    if step:
        callbacks.goes_on = epoch + 1 < epochs
        part = more | {"initial_epoch": epoch, "epochs": epoch + 1}
        fit(x=from_step(data, step), **part)
        if not callbacks.goes_on:
            return model.history
        callbacks.goes_on, callbacks.went_on = False, True
        if model.stop_training:
            return callbacks.end_at_once(model)
        epoch += 1
    if epoch:
        more["initial_epoch"] = epoch
    return fit(x=from_step(data, 0), **more)


def _resumed(model: Any, data: Any, callbacks: list[Any]) -> tuple[int, int]:
    """Give the epoch and the step to begin at, which a callback may have kept."""
    for callback in callbacks:
        if hasattr(callback, "begin"):
            data.epoch, step = callback.begin(model, data, callbacks)
            return data.epoch, step
    return 0, 0


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

    def end_at_once(
        self, model: Any, cut_short: int | None = None, valid: Any = None
    ) -> Any:
        """Begin and end without a step, and the epoch that was cut short, if any."""
        self.on_train_begin()
        if cut_short is not None:
            self.on_epoch_begin(cut_short)
            self.on_epoch_end(cut_short, {} if valid is None else _logs(model, valid))
        self.on_train_end({})
        return model.history


def _logs(model: Any, valid: Any) -> dict[str, Any]:
    """Give what Keras would log at the end of an epoch whose steps are all made."""
    trained = model.get_metrics_result()
    logs = {name: float(value) for name, value in trained.items()}
    measured = model.evaluate(valid, verbose=0, return_dict=True)
    return logs | {f"val_{name}": value for name, value in measured.items()}


class ReadEpoch(keras.callbacks.Callback):
    """Let the data give the epoch that Keras is in."""

    comes_first = True

    def __init__(self, data: Any) -> None:
        super().__init__()
        self._data = data

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set its number."""
        self._data.epoch = epoch


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
