"""Choosing the next token from its distribution: temper, keep top k and p, draw."""

import numpy as np

from keraslm.sampling.temperature import check_temperature, temper
from keraslm.sampling.top_k import check_top_k, keep_top_k
from keraslm.sampling.top_p import check_top_p, keep_top_p


class Sampler:
    """Draw tokens at a temperature, from the top k, from the nucleus of mass p.

    Math:   q(w) proportional to P(w)^(1/T) on the kept tokens, 0 elsewhere;
            temperature 0 takes the most probable token (greedy)
    Raises: UsageError if temperature < 0, k < 1 or p is not in (0, 1].
    """

    def __init__(
        self,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> None:
        check_temperature(temperature)
        check_top_k(top_k)
        check_top_p(top_p)
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p
        self.rng = np.random.default_rng(seed)

    @property
    def is_plain(self) -> bool:
        """Whether the model's own distribution is drawn from."""
        return self.temperature == 1 and self.top_k is None and self.top_p is None

    def draw(self, log_probabilities: np.ndarray) -> int:
        """Draw one token.

        Shapes: log_probabilities (vocabulary,), -inf where a token is forbidden
        """
        cumulative = self.weights(log_probabilities).cumsum()
        point = self.rng.random() * cumulative[-1]
        return int(cumulative.searchsorted(point, side="right"))

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
        if self.top_k is None and self.top_p is None:
            return weights
        return np.apply_along_axis(self._kept, -1, weights)

    def _kept(self, weights: np.ndarray) -> np.ndarray:
        """Keep the top k, and of these the top p."""
        return keep_top_p(keep_top_k(weights, self.top_k), self.top_p)
