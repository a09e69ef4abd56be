"""The learning rate over the run: warm-up, then a schedule."""

import math
from typing import Any

from keraslm.callbacks.clock import Clock
from keraslm.callbacks.monitored import Monitored
from keraslm.checkpoints import validated
from keraslm.errors import UsageError
from keraslm.kernels.devices import assign

SCHEDULES = ("constant", "cosine", "linear", "decay", "plateau")


class LearningRate(Monitored):
    """Set the learning rate before every step.

    Math:   rate x min(1, (step + 1) / (warmup + 1)) x s
            cosine  s = (1 + cos(pi p)) / 2;   linear  s = 1 - p;   p the progress
            decay   s = d^max(e - n, 0), in epoch e = 1, 2, .. with n `decay_after`
            plateau s is multiplied by `factor` at each validation that does not
            improve on the best;   constant  s = 1
    Unlike Keras's schedules, p may be the share of the minutes that are over.

    Raises: UsageError for an unknown schedule.
    References: Loshchilov & Hutter (2017), cosine; Zaremba, Sutskever & Vinyals
            (2014), decay.
    """

    def __init__(
        self,
        rate: float,
        clock: Clock,
        schedule: str = "cosine",
        warmup: int = 0,
        decay: float = 0.5,
        decay_after: int = 0,
        factor: float = 0.5,
        monitor: str = "exact_perplexity",
    ) -> None:
        super().__init__()
        if schedule not in SCHEDULES:
            raise UsageError(
                f"`schedule` must be one of {', '.join(SCHEDULES)}; received "
                f"{schedule!r}"
            )
        self.rate, self.clock = rate, clock
        self.schedule, self.warmup = schedule, warmup
        self.decay, self.decay_after, self.factor = decay, decay_after, factor
        self.monitor = monitor
        self.value = 0.0
        """The rate of the last step."""
        self._reduced = 1.0
        self._best = math.inf

    def share(self, progress: float, epoch: int) -> float:
        """Give s at a point of the run."""
        if self.schedule == "cosine":
            return (1 + math.cos(math.pi * progress)) / 2
        if self.schedule == "linear":
            return 1 - progress
        if self.schedule == "decay":
            return float(self.decay ** max(epoch - self.decay_after, 0))
        return self._reduced

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate of the step to come."""
        warm = min(1.0, (self.clock.step + 1) / (self.warmup + 1))
        share = self.share(self.clock.progress, self.clock.epoch)
        self.value = self.rate * warm * share
        assign(self.model.optimizer.learning_rate, self.value)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Log the rate, and hear of a validation."""
        if logs is not None:
            logs["learning_rate"] = self.value
        super().on_train_batch_end(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Log the rate, and hear of a validation."""
        if logs is not None:
            logs["learning_rate"] = self.value
        super().on_epoch_end(epoch, logs)

    def measured(self, figure: float) -> None:
        """Hear of a validation."""
        if self.schedule == "plateau" and figure >= self._best:
            self._reduced *= self.factor
        self._best = min(self._best, figure)

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        best = validated.stored(self._best)
        return {"reduced": self._reduced, "value": self.value, "best": best}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self._reduced = validated.figure(state["reduced"])
        self.value = validated.figure(state["value"])
        self._best = validated.lowest(state["best"])
