"""The callback that counts steps, logs perplexity and stops a run that has gone wrong.

Training perplexity is a running mean over tokens; validation perplexity is exact:
every token of the text, once, with the longest history the model can use.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from keraslm.errors import TrainingError
from keraslm.training import recalled
from keraslm.training.averaging import Averaging
from keraslm.training.clock import Clock
from keraslm.training.encoded import Encoded
from keraslm.training.keeper import Keeper
from keraslm.training.options import Configuration
from keraslm.training.schedule import LearningRate

# with minutes, a validation may take this share of the time since the last
SHARE_FOR_VALIDATION = 0.1
_REMEMBERED: dict[str, Callable[[Any], float]] = {
    "row_began": recalled.duration,
    "validation_took": recalled.duration,
    "validation_ended": recalled.duration,
    "validated_step": functools.partial(recalled.count, least=-1),
    "since_best": recalled.count,
}


class Watch(keras.callbacks.Callback):
    """Log perplexity per epoch and every few steps; validate; stop when it is time."""

    def __init__(
        self,
        c: Configuration,
        clock: Clock,
        rate: LearningRate,
        averaging: Averaging,
        keeper: Keeper,
        train: Encoded,
        valid: Encoded | None,
    ) -> None:
        super().__init__()
        self._c, self._clock, self._keeper = c, clock, keeper
        self._rate, self._averaging = rate, averaging
        self._train, self._valid = train, valid
        self._row = np.zeros(2)  # nats, tokens
        self._epoch = np.zeros(2)
        self._row_began = 0.0
        self._validation_took = 0.0
        self._validation_ended = 0.0
        self._validated_step = -1
        self._since_best = 0

    def on_train_begin(self, logs: object = None) -> None:
        """Start the clock."""
        self._clock.start()

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Start at the beginning of the text, with an empty state."""
        self._clock.epoch = epoch + 1
        self._epoch = np.zeros(2)
        self.model.forget()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count the step, log what is due and stop when the run is over."""
        self._clock.step += 1
        self._row += self.model.nats_and_tokens
        self._stop_unless_finite("loss", logs["loss"])
        self._stop_unless_finite("gradient norm", self._gradient_norm())
        if self._clock.step % self._c.log_steps == 0:
            self.log_training()
        every = self._c.valid_steps
        if every and self._clock.step % every == 0 and self._can_afford():
            self.validate()
        if self._clock.over:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Log the epoch's mean and validate."""
        self.log_training()
        nats, tokens = self._epoch
        if tokens:
            bits = self._train.bits_per_nat
            self._keeper.history.add(self._clock, "epoch", nats / tokens, bits)
        if self._c.valid_steps is None and self._can_afford():
            self.validate()
        self.model.stop_training |= self._clock.over

    def to_dict(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        told = {name: getattr(self, f"_{name}") for name in _REMEMBERED}
        return told | {"row": self._row.tolist(), "epoch": self._epoch.tolist()}

    def restore(self, told: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        for name, recall in _REMEMBERED.items():
            setattr(self, f"_{name}", recall(told[name]))
        self._row = _recalled_sum(told["row"])
        self._epoch = _recalled_sum(told["epoch"])

    @property
    def has_seen_enough(self) -> bool:
        """Whether the run is over, by its limits or for want of patience."""
        return self._clock.over or self._out_of_patience

    def log_training(self) -> None:
        """Add a row of the mean since the last one."""
        nats, tokens = self._row
        if not tokens:
            return
        self._epoch += self._row
        self._row = np.zeros(2)
        seconds = self._clock.seconds - self._row_began
        row = self._keeper.history.add(
            self._clock,
            "train",
            nats / tokens,
            self._train.bits_per_nat,
            learning_rate=self._rate.value,
            gradient_norm=self._gradient_norm(),
            tokens_per_second=tokens / seconds,
        )
        self._row_began = self._clock.seconds
        self._keeper.report(self._clock.progress, row)

    def validate(self) -> None:
        """Measure the validation text now, unless this step was measured."""
        if self._valid is None or self._validated_step == self._clock.step:
            return
        with self._averaging.averaged():
            self._validate(self._valid)

    def _validate(self, valid: Encoded) -> None:
        began = self._clock.seconds
        nats = self._keeper.measure(valid.ids)
        self._validated_step = self._clock.step
        self._validation_ended = self._clock.seconds
        self._validation_took = self._validation_ended - began
        bits = valid.bits_per_nat
        self._stop_unless_finite("validation loss", nats)
        row = self._keeper.history.add(self._clock, "valid", nats, bits)
        self._keeper.report(self._clock.progress, row)
        improved = self._keeper.validated(nats)
        self._since_best = 0 if improved else self._since_best + 1
        self._rate.validated(improved)
        self._averaging.validated(nats)
        self._stop_if_out_of_patience()
        self._row_began += self._clock.seconds - began

    def _stop_if_out_of_patience(self) -> None:
        if self._out_of_patience:
            patience, step = self._c.patience, self._clock.step
            self._keeper.note(
                f"no better validation in {patience}: ends at step {step}"
            )
            self.model.stop_training = True

    @property
    def _out_of_patience(self) -> bool:
        patience = self._c.patience
        return patience is not None and self._since_best >= patience

    def _can_afford(self) -> bool:
        """Say whether a validation now would leave most of the minutes for training."""
        if not self._clock.by_time or self._clock.over:
            return not self._clock.over
        spent = self._clock.seconds - self._validation_ended
        return self._validation_took <= SHARE_FOR_VALIDATION * spent

    def _gradient_norm(self) -> float:
        return float(ops.convert_to_numpy(self.model.optimizer.gradient_norm))

    def _stop_unless_finite(self, what: str, value: float) -> None:
        if math.isfinite(value):
            return
        raise TrainingError(
            f"the {what} became {value} at step {self._clock.step}, gradient norm "
            f"{self._gradient_norm():.3g}; try a lower `learning_rate` "
            f"(it was {self._rate.value:.3g}), a `warmup`, or a lower `clip_norm`"
        )


def _recalled_sum(told: list[Any]) -> np.ndarray:
    """Give nats and tokens of a checkpoint."""
    nats, tokens = map(recalled.figure, told)
    return np.array([nats, tokens])
