"""The callback that writes checkpoints, and puts one back."""

from typing import Any, Protocol

import keras

from keraslm.training.checkpoint import Checkpoint, damaged
from keraslm.training.clock import Clock
from keraslm.training.folder import RunFolder
from keraslm.training.interruption import Interruption
from keraslm.training.options import Configuration

_NO_GOOD = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


class Part(Protocol):
    """A part of a run that remembers something from step to step."""

    def to_dict(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""

    def restore(self, told: dict[str, Any]) -> None:
        """Go on from a checkpoint."""


class Saver(keras.callbacks.Callback):
    """Write a checkpoint every few steps or minutes, at the end and at a signal.

    It comes last among the callbacks, so that a step is over when it is written.
    """

    def __init__(
        self,
        c: Configuration,
        folder: RunFolder,
        identity: dict[str, Any],
        clock: Clock,
        interruption: Interruption,
        parts: dict[str, Part],
    ) -> None:
        super().__init__()
        self._c, self._folder, self._identity = c, folder, identity
        self._clock, self._interruption = clock, interruption
        self._parts: dict[str, Part] = {"clock": clock, **parts}
        self._written_step = -1
        self._written_seconds = 0.0

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Write if it is time; then a signal that was heard ends the run."""
        if self._due:
            self._write((self._clock.epoch - 1, batch + 1))
        self._interruption.end()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Write if what came after the epoch's last step has ended the run."""
        if self.model.stop_training and self._written_step != self._clock.step:
            self._write((epoch + 1, 0))

    def restore(
        self, checkpoint: Checkpoint, model: Any, steps_per_epoch: int
    ) -> tuple[int, int]:
        """Put a checkpoint back and give the place to go on at.

        Raises: ModelFileError if it does not fit the model, or the text.
        """
        path = self._folder.checkpoint
        variables = _variables(model)
        expected = [(tuple(v.shape), v.dtype) for v in variables]
        if expected != [(a.shape, a.dtype.name) for a in checkpoint.variables]:
            raise damaged(path, "its arrays are not the model's")
        for variable, value in zip(variables, checkpoint.variables, strict=True):
            variable.assign(value)
        try:
            for name, part in self._parts.items():
                part.restore(checkpoint.parts[name])
        except _NO_GOOD as error:
            raise damaged(path, f"its part {name!r} is damaged") from error
        if reason := self._fault(checkpoint, steps_per_epoch):
            raise damaged(path, reason)
        self._folder.restore(self._clock.step, checkpoint.best)
        self._written_step = self._clock.step
        self._written_seconds = self._clock.seconds
        return checkpoint.place

    def _fault(self, checkpoint: Checkpoint, steps_per_epoch: int) -> str | None:
        """Say what contradicts itself once the parts are back."""
        epoch, step = checkpoint.place
        steps = epoch * steps_per_epoch + step
        if step > steps_per_epoch or steps != self._clock.step:
            return f"its place {epoch}, {step} is not that of step {self._clock.step}"
        names_best = checkpoint.parts["keeper"]["best_step"] is not None
        if names_best != (checkpoint.best is not None):
            return "it names a best model and holds none, or the other way round"
        return None

    @property
    def _due(self) -> bool:
        every = self._c.checkpoint_steps
        seconds = self._clock.seconds - self._written_seconds
        return (
            bool(every and self._clock.step % every == 0)
            or seconds >= 60 * self._c.checkpoint_minutes
            or self.model.stop_training
            or bool(self._interruption)
        )

    def _write(self, place: tuple[int, int]) -> None:
        parts = {name: part.to_dict() for name, part in self._parts.items()}
        kept = parts["keeper"]["best_step"] is not None
        Checkpoint(
            self._identity,
            place,
            parts,
            _variables(self.model),
            self._folder.model.read_bytes() if kept else None,
        ).write(self._folder.checkpoint)
        self._written_step = self._clock.step
        self._written_seconds = self._clock.seconds


def _variables(model: Any) -> list[Any]:
    """All that a step changes, in an order that every run has."""
    return [*model.variables, *model.optimizer.variables]
