"""Choosing the next token from its distribution: temper, filter, draw."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keraslm.sampling.min_p import check_min_p, keep_min_p
from keraslm.sampling.temperature import check_temperature, temper
from keraslm.sampling.top_k import check_top_k, keep_top_k
from keraslm.sampling.top_p import check_top_p, keep_top_p
from keraslm.sampling.typical import check_typical_p, keep_typical

FILTERS: dict[str, Callable[[np.ndarray, Any], np.ndarray]] = {
    "top_k": keep_top_k,
    "top_p": keep_top_p,
    "min_p": keep_min_p,
    "typical_p": keep_typical,
}
"""What each setting keeps of the weights, in the order in which they are applied."""


class Sampler:
    """Draw tokens at a temperature, from those that the filters leave.

    The filters that are set come in this order, each working on what the one before it
    left: top k, top p, min p, typical.

    Math:   q(w) proportional to P(w)^(1/T) on the kept tokens, 0 elsewhere;
            temperature 0 takes the most probable token (greedy)
    Raises: UsageError if temperature < 0, k < 1, top p or typical p is not in (0, 1] or
        min p is not in [0, 1].
    """

    def __init__(
        self,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        typical_p: float | None = None,
        seed: int | None = None,
    ) -> None:
        check_temperature(temperature)
        check_top_k(top_k)
        check_top_p(top_p)
        check_min_p(min_p)
        check_typical_p(typical_p)
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p
        self.min_p = min_p
        self.typical_p = typical_p
        self.rng = np.random.default_rng(seed)

    @property
    def filters(self) -> list[str]:
        """The settings of `FILTERS` that are set, in their order."""
        return [name for name in FILTERS if getattr(self, name) is not None]

    def draw(self, log_probabilities: np.ndarray) -> int:
        """Draw one token by one random number.

        Shapes: log_probabilities (vocabulary,), -inf where a token is forbidden
        """
        return pick(self.weights(log_probabilities), self.rng.random())

    def draw_rows(
        self, log_probabilities: np.ndarray, points: np.ndarray
    ) -> np.ndarray:
        """Draw a token from each row, at a random point in [0, 1) of its own.

        Shapes: (rows, vocabulary), (rows,) -> (rows,)
        """
        cumulative = self.weights(log_probabilities).cumsum(axis=-1)
        aims = points[:, None] * cumulative[:, -1:]
        return np.argmax(cumulative > aims, axis=-1)

    def distribution(self, log_probabilities: np.ndarray) -> np.ndarray:
        """Give the distribution that is drawn from; sums to one.

        Shapes: (vocabulary,) -> (vocabulary,)
        """
        weights = self.weights(log_probabilities)
        return weights / np.sum(weights)

    def weights(self, log_probabilities: np.ndarray) -> np.ndarray:
        """Give what the distribution is proportional to.

        Shapes: (.., vocabulary) -> (.., vocabulary)
        """
        weights = temper(log_probabilities, self.temperature)
        if not self.filters:
            return weights
        return np.apply_along_axis(self._filtered, -1, weights)

    def stages(self, log_probabilities: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Yield what the temperature, then each filter leaves, with its setting's name.

        The last one is `weights`. Shapes: (vocabulary,) -> (vocabulary,) each
        """
        weights = temper(log_probabilities, self.temperature)
        yield "temperature", weights
        for name in self.filters:
            weights = FILTERS[name](weights, getattr(self, name))
            yield name, weights

    def _filtered(self, weights: np.ndarray) -> np.ndarray:
        for name in self.filters:
            weights = FILTERS[name](weights, getattr(self, name))
        return weights


def pick(weights: np.ndarray, point: float) -> int:
    """Give the token on whose interval of the cumulative line a point in [0, 1) falls.

    Math:   the first w with sum_{v <= w} q(v) > point
    Shapes: weights (vocabulary,)
    """
    cumulative = weights.cumsum()
    return int(cumulative.searchsorted(point * cumulative[-1], side="right"))
