"""Training ends after so many minutes or steps, whichever comes first."""

from typing import Any

from keraslm.callbacks.clock import Clock
from keraslm.errors import UsageError


class StopAfter(Clock):
    """Stop when the time is over.

        stop = keraslm.callbacks.StopAfter(minutes=5)
        model.fit(train, epochs=1000, callbacks=[stop])

    Math:   progress = max(step / steps, seconds / (60 minutes)), at most 1
    The step that is being made is finished.

    Raises: UsageError if neither is given, or one is not above 0.
    """

    def __init__(self, minutes: float | None = None, steps: int | None = None) -> None:
        super().__init__()
        given = [limit for limit in (minutes, steps) if limit is not None]
        if not given or min(given) <= 0:
            raise UsageError(
                "give `minutes` or `steps` above 0 to stop after; received "
                f"`minutes={minutes}`, `steps={steps}`"
            )
        self.minutes = minutes
        self.steps = steps
        self.by_time = minutes is not None

    @property
    def progress(self) -> float:
        """The share of the run that is done, in [0, 1]."""
        shares = [0.0]
        if self.steps is not None:
            shares.append(self.step / self.steps)
        if self.minutes is not None:
            shares.append(self.counted_seconds / (60 * self.minutes))
        return min(1.0, max(shares))

    @property
    def counted_seconds(self) -> float:
        """The seconds that count towards the minutes."""
        return self.seconds

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stop if it is time."""
        super().on_train_batch_end(batch, logs)
        if self.over:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Stop if it is time."""
        self.model.stop_training |= self.over
