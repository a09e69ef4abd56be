"""Checkpoints that training goes on from, bit for bit."""

import hashlib
import os
import pathlib
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keraslm.callbacks.clock import Every
from keraslm.callbacks.signals import Signals
from keraslm.checkpoints import validated
from keraslm.checkpoints.checkpoint import Checkpoint, damaged, first_difference
from keraslm.errors import UsageError
from keraslm.files.writing import write_atomically
from keraslm.processes import ALONE, Alone
from keraslm.version import __version__

_NO_GOOD = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
_OWN = "place"


class ExactResume(keras.callbacks.Callback):
    """Write a checkpoint every few steps or minutes, and go on from it.

        resume = keraslm.callbacks.ExactResume("lstm.checkpoint", minutes=5)
        model.fit(train, epochs=20, callbacks=[resume])

    If there is a checkpoint of the same training, `fit` of a `keraslm.CausalLM` over a
    `keraslm.Windows` goes on where it was written, in mid-epoch too, and comes to the
    same weights, to the bit; any other model does by `keraslm.models.following`. What
    is kept: the weights, the carried states and the seeds, what the optimizer and the
    metrics have summed up, the place in the text, and what other callbacks give by
    `get_state()` and take by `set_state(state)`.

    It comes last among the callbacks, so that a step is over when it is written. `best`
    is the file of the best model so far, which is kept too. `identity` says what must
    be the same; left out, that is the text, the windows, the model and the versions.
    `signals` may end training, after a checkpoint. `restored` is told when one was put
    back; without it, the best model is.

    Raises: UsageError if the checkpoint is of another training; ModelFileError if it is
        damaged.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        steps: int | None = None,
        minutes: float = 5.0,
        best: str | os.PathLike[str] | None = None,
        identity: dict[str, Any] | None = None,
        signals: Signals | None = None,
        restored: Callable[[Checkpoint], None] | None = None,
        group: Alone = ALONE,
    ) -> None:
        super().__init__()
        self._group = group
        self.path = pathlib.Path(path)
        self.steps, self.minutes = steps, minutes
        self.best = None if best is None else pathlib.Path(best)
        self.identity = identity
        self.signals = signals
        self._told = restored or self._put_best_back
        self._found: Checkpoint | None = None
        self._parts: dict[str, Any] = {}
        self._every = Every(steps)
        self._start = 0  # steps that the optimizer made before
        self._length = 0  # steps of an epoch
        self._epoch = self._first = 0  # the epoch, and its first step that is made
        self._written_step = -1
        self._written_at = time.monotonic()

    def begin(self, model: Any, windows: Any, callbacks: list[Any]) -> tuple[int, int]:
        """Put back what a checkpoint holds; give the epoch and the step to go on at.

        `fit_in_order` calls it before it trains.
        """
        self.set_model(model)
        self._parts, self._length = _named_parts(callbacks, self), len(windows)
        self._start = self._step
        if self.identity is None:
            self.identity = _identity(model, windows)
        with self._group.shared_file(self.path) as file:
            self._found = None if file is None else Checkpoint.read(file)
        if self._found is not None:
            self._check_same(self._found.identity)
            self._restore(self._found)
            self._told(self._found)
            self._written_step = self._step
            self._every.resume(self._step)
        return (0, 0) if self._found is None else self._found.place

    def _put_best_back(self, checkpoint: Checkpoint) -> None:
        if self.best is not None and checkpoint.best is not None:
            with write_atomically(self.best) as temporary:
                temporary.write_bytes(checkpoint.best)

    def _check_same(self, was: dict[str, Any]) -> None:
        now = self.identity or {}
        name = first_difference(was, now)
        if name is not None:
            raise UsageError(
                f"{self.path} is of a training whose {name} was {was.get(name)!r}; "
                f"received {now.get(name)!r}: give what it had, or another path"
            )

    def _restore(self, checkpoint: Checkpoint) -> None:
        """Put the numbers back, and what the callbacks remember.

        Raises: ModelFileError if they do not fit the model, or the text.
        """
        variables = _variables(self.model)
        self._assign(variables, checkpoint.variables[: len(variables)])
        name = ""
        try:
            for name, part in self._parts.items():
                part.set_state(checkpoint.parts[name])
            self._start = validated.count(checkpoint.parts[_OWN]["start"])
        except _NO_GOOD as error:
            raise damaged(self.path, f"its part {name!r} is damaged") from error
        if self.best is not None and checkpoint.best is None and self._names_best:
            raise damaged(self.path, "it names a best model and holds none")
        epoch, step = checkpoint.place
        made = self._start + epoch * self._length + step
        if step >= self._length or made != self._step:
            raise damaged(
                self.path, f"its place {epoch}, {step} is not that of step {self._step}"
            )

    def _assign(self, variables: list[Any], values: list[Any]) -> None:
        expected = [(tuple(v.shape), v.dtype) for v in variables]
        if expected != [(a.shape, a.dtype.name) for a in values]:
            raise damaged(self.path, "its arrays are not the model's")
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    @property
    def _names_best(self) -> bool:
        parts = self._parts.values()
        return any(getattr(part, "best_step", None) is not None for part in parts)

    @property
    def _step(self) -> int:
        return int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Put the sums of the epoch back, which Keras has set to zero."""
        self._epoch, self._first = epoch, 0
        if self._found is not None:
            self._first = self._found.place[1]
            if self._first:
                self._restore(self._found)
                known, sums = len(_variables(self.model)), _sums(self.model)
                self._assign(sums, self._found.variables[known : known + len(sums)])
            self._found = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write if it is time; then a signal that was heard ends the training."""
        place = self._first + batch + 1
        if place < self._length:  # else it waits for what the end of an epoch brings
            step = self._start + self._epoch * self._length + place
            if self._due(step) or self.model.stop_training:
                self._write((self._epoch, place))
            self._hear()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write if it is time, or training ends, unless this step was written."""
        step = self._step
        due = self._due(step) or self.model.stop_training
        if due and self._written_step != step:
            self._write(divmod(step - self._start, self._length))
        self._hear()

    def _due(self, step: int) -> bool:
        minutes = (time.monotonic() - self._written_at) / 60
        due = self._every.due(step) or minutes >= self.minutes
        return due or bool(self.signals)

    def _hear(self) -> None:
        if self.signals is not None:
            self.signals.end(self.model)

    def _write(self, place: tuple[int, int]) -> None:
        if not self._group.first:
            return
        parts = {name: part.get_state() for name, part in self._parts.items()}
        parts[_OWN] = {"start": self._start}
        best = self.best if self.best is not None and self.best.exists() else None
        Checkpoint(
            self.identity or {},
            place,
            parts,
            [*_variables(self.model), *_sums(self.model)],
            None if best is None else best.read_bytes(),
        ).write(self.path)
        self._written_step = self._step
        self._written_at = time.monotonic()


def _variables(model: Any) -> list[Any]:
    """All that a step changes but for sums, in an order that every run has."""
    own = getattr(model, "training_variables", None) or model.variables
    return [*own, *model.optimizer.variables]


def _sums(model: Any) -> list[Any]:
    """What the loss and the metrics have summed up in the epoch."""
    known = getattr(model, "epoch_sums", None)
    return [v for m in model.metrics for v in m.variables] if known is None else known


def _named_parts(callbacks: list[Any], own: Any) -> dict[str, Any]:
    """Give the callbacks that remember something, by the names of their classes.

    A class that stands for another has its name as `part`.
    """
    parts: dict[str, Any] = {}
    for callback in callbacks:
        if callback is not own and hasattr(callback, "get_state"):
            name = getattr(callback, "part", type(callback).__name__)
            same = sum(known.split(" ")[0] == name for known in parts)
            parts[f"{name} {same + 1}" if same else name] = callback
    return parts


def _identity(model: Any, windows: Any) -> dict[str, Any]:
    """Say what a training is: with the same, each of its steps comes out the same."""
    text = hashlib.sha256(np.asarray(windows.ids, np.int32).tobytes()).hexdigest()
    optimizer = model.optimizer.get_config()
    del optimizer["name"]  # Keras numbers them
    return {
        "text (SHA-256)": text,
        "rows of windows": windows.rows,
        "time of windows": windows.time,
        "model": str(model.get_config()),
        "optimizer": str(optimizer),
        "version of keraslm": __version__,
        "backend": keras.backend.backend(),
    }
