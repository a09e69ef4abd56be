"""The loss while the learning rate rises, and the rate that it suggests."""

import dataclasses
import math

from keraslm.errors import TrainingError

LOWEST, HIGHEST = 1e-5, 100.0
SMOOTHING = 0.9  # a mean over about 1 / (1 - 0.9) = 10 steps
MARGIN = 1.0  # nats above the start: the perplexity has grown by a factor of e
LEAST_FALL = 0.05  # nats: less is the noise of the windows
SHARE = 0.1  # of the rate where the loss is lowest


def rate_at(progress: float) -> float:
    """Give the learning rate at a point of the search.

    Math:   lowest (highest / lowest)^p,   p in [0, 1]
    """
    return LOWEST * (HIGHEST / LOWEST) ** progress


@dataclasses.dataclass(frozen=True)
class Point:
    """A step: its learning rate and its loss, as it was and smoothed, in nats."""

    step: int
    rate: float
    loss: float
    smoothed: float


class RateCurve:
    """The steps of a search for the learning rate, in the order of their rates.

    Math:   s_k = b s_{k-1} + nats_k,   n_k = b n_{k-1} + tokens_k
            loss_k = nats_k / tokens_k,   smoothed_k = s_k / n_k
    """

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.broken = False  # a loss was no number
        self._nats = self._tokens = 0.0

    def add(self, rate: float, nats: float, tokens: float) -> None:
        """Add a step; one that is no number ends the curve before it.

        Raises: TrainingError if the first is no number.
        """
        loss = nats / tokens
        if not math.isfinite(loss):
            self._check_begun(loss)
            self.broken = True
            return
        step = len(self.points) + 1
        self._nats = SMOOTHING * self._nats + nats
        self._tokens = SMOOTHING * self._tokens + tokens
        self.points.append(Point(step, rate, loss, self._nats / self._tokens))

    def _check_begun(self, loss: float) -> None:
        if not self.points:
            raise TrainingError(
                f"the loss of the first step is {loss}: the model cannot be trained"
            )

    @property
    def diverged(self) -> bool:
        """Whether the model has become clearly worse than it was at the start.

        A new model starts near log V, as if it guessed; the noise of a smoothed loss
        is far below the margin.
        """
        return (
            self.broken or self.points[-1].smoothed > self.points[0].smoothed + MARGIN
        )

    @property
    def lowest(self) -> Point:
        """The step with the lowest smoothed loss."""
        return min(self.points, key=lambda point: point.smoothed)

    @property
    def rises_at(self) -> float | None:
        """The rate from which on the loss rises; None if it never did."""
        lowest = self.lowest
        rose = lowest is not self.points[-1] or self.broken
        return lowest.rate if rose else None

    @property
    def fall(self) -> float:
        """How far the smoothed loss fell, in nats."""
        return self.points[0].smoothed - self.lowest.smoothed

    @property
    def suggestion(self) -> float | None:
        """The rate to train with; None if the loss never fell.

        Math:   0.1 argmin_rate smoothed

        A careful choice. Recurrent networks of 64 units, trained for 200 steps with
        Adam at rates a factor of 3 apart, did best at 0.03 on the village's words, its
        characters, and Shakespeare's: this gives 0.019, 0.027 and 0.011. The
        steepest descent gives 0.003 to 0.008: with Adam the loss falls fastest while
        the network only learns how frequent the tokens are.
        """
        return SHARE * self.lowest.rate if self.fall >= LEAST_FALL else None
