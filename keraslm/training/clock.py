"""How far a run has come, in steps and in minutes; it ends at whichever comes first."""

import time
from typing import Any

from keraslm.training import recalled


class Clock:
    """Steps done, seconds spent, and the share of the run that both make.

    Math:   progress = max(step / steps, seconds / (60 minutes)), at most 1
    """

    def __init__(self, steps: int | None, minutes: float | None) -> None:
        self.step = 0
        self.epoch = 0
        self._steps = steps
        self._seconds = None if minutes is None else 60 * minutes
        self._spent = 0.0
        self._start = time.perf_counter()

    def start(self) -> None:
        """Start counting the seconds, after those that a checkpoint tells of."""
        self._start = time.perf_counter() - self._spent

    def to_dict(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        return {"step": self.step, "epoch": self.epoch, "seconds": self.seconds}

    def restore(self, told: dict[str, Any]) -> None:
        """Go on from a checkpoint; the time since it was written does not count."""
        self.step = recalled.count(told["step"])
        self.epoch = recalled.count(told["epoch"])
        self._spent = recalled.duration(told["seconds"])
        self.start()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def by_time(self) -> bool:
        """Whether the run has a budget of minutes."""
        return self._seconds is not None

    @property
    def progress(self) -> float:
        """The share of the run that is done, in [0, 1]."""
        shares = [0.0]
        if self._steps is not None:
            shares.append(self.step / self._steps)
        if self._seconds is not None:
            shares.append(self.seconds / self._seconds)
        return min(1.0, max(shares))

    @property
    def over(self) -> bool:
        """Whether the run has come to its end."""
        return self.progress >= 1
