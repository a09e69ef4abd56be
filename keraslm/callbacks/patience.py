"""Training ends when a figure has not improved for some measurements."""

import math
from collections.abc import Callable
from typing import Any

from keraslm.callbacks.clock import Clock, Clocked
from keraslm.callbacks.monitored import Monitored
from keraslm.checkpoints import validated


class Patience(Monitored, Clocked):
    """Stop after so many measurements in a row without a better figure.

    Unlike Keras's EarlyStopping it also hears of measurements within an epoch.
    """

    def __init__(
        self,
        measurements: int,
        monitor: str = "exact_perplexity",
        note: Callable[[str], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(clock)
        self.measurements, self.monitor, self._note = measurements, monitor, note
        self.best = math.inf
        self.since_best = 0

    def measured(self, figure: float) -> None:
        """Count the measurements since the best, and stop at too many."""
        improved = figure < self.best
        self.best = min(self.best, figure)
        self.since_best = 0 if improved else self.since_best + 1
        if self.over:
            self.model.stop_training = True
            if self._note is not None:
                self._note(
                    f"no better validation in {self.measurements}: ends at step "
                    f"{self.clock.step}"
                )

    @property
    def over(self) -> bool:
        """Whether the figure has not improved for long enough."""
        return self.since_best >= self.measurements

    def get_state(self) -> dict[str, Any]:
        """Give what goes into a checkpoint."""
        best = validated.stored(self.best)
        return {"since_best": self.since_best, "best": best}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.since_best = validated.count(state["since_best"])
        self.best = validated.lowest(state["best"])
