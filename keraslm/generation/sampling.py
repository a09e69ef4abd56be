"""Choosing the next token from its distribution.

References: Fan, Lewis & Dauphin (2018), top-k; Holtzman et al. (2020), top-p (nucleus).
"""

import numpy as np

from keraslm.errors import UsageError


class Sampler:
    """Draw tokens at a temperature, from the top k, from the nucleus of mass p.

    Math:   q(w) proportional to P(w)^(1/T) on the kept tokens, 0 elsewhere;
            temperature 0 takes the most probable token (greedy).
    Raises: UsageError if temperature < 0, k < 1 or p is not in (0, 1].
    """

    def __init__(
        self,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int | None = None,
    ) -> None:
        if not 0 <= temperature < float("inf"):
            raise UsageError(f"`temperature` must be 0 or more; received {temperature}")
        if top_k is not None and top_k < 1:
            raise UsageError(f"`top_k` must be 1 or more; received {top_k}")
        if top_p is not None and not 0 < top_p <= 1:
            raise UsageError(f"`top_p` must lie in (0, 1]; received {top_p}")
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p
        self.rng = np.random.default_rng(seed)

    @property
    def is_plain(self) -> bool:
        """Whether the model's own distribution is drawn from."""
        return self.temperature == 1 and self.keeps_all

    @property
    def keeps_all(self) -> bool:
        """Whether every token may be drawn, however improbable."""
        return self.temperature > 0 and self.top_k is None and self.top_p is None

    def draw(self, log_probabilities: np.ndarray) -> int:
        """Draw one token.

        Shapes: log_probabilities (vocabulary,), -inf where a token is forbidden
        """
        if self.temperature == 0:
            return int(np.argmax(log_probabilities))
        cumulative = self._weights(log_probabilities).cumsum()
        point = self.rng.random() * cumulative[-1]
        return int(cumulative.searchsorted(point, side="right"))

    def draw_rows(
        self, log_probabilities: np.ndarray, points: np.ndarray
    ) -> np.ndarray:
        """Draw a token from each row, at a random point in [0, 1) of its own.

        Shapes: (rows, vocabulary), (rows,) -> (rows,)
        """
        if self.temperature == 0:
            return np.argmax(log_probabilities, axis=-1)
        cumulative = self._weights(log_probabilities).cumsum(axis=-1)
        aims = points[:, None] * cumulative[:, -1:]
        return np.argmax(cumulative > aims, axis=-1)

    def distribution(self, log_probabilities: np.ndarray) -> np.ndarray:
        """Give the distribution that is drawn from; sums to one.

        Shapes: (vocabulary,) -> (vocabulary,)
        """
        weights = self._weights(log_probabilities)
        return weights / np.sum(weights)

    def _weights(self, log_probabilities: np.ndarray) -> np.ndarray:
        """Give what the distribution is proportional to; the heaviest weighs 1.

        Shapes: (.., vocabulary) -> (.., vocabulary)
        """
        if self.temperature == 0:
            weights = np.zeros(len(log_probabilities))
            weights[np.argmax(log_probabilities)] = 1
            return weights
        weights = log_probabilities - log_probabilities.max(axis=-1, keepdims=True)
        if self.temperature != 1:
            with np.errstate(over="ignore"):  # to -inf, near temperature 0
                weights /= self.temperature
        np.exp(weights, out=weights)
        if self.top_k is not None:
            weights = np.apply_along_axis(keep_top_k, -1, weights, self.top_k)
        if self.top_p is not None:
            weights = np.apply_along_axis(keep_top_p, -1, weights, self.top_p)
        return weights


def keep_top_k(weights: np.ndarray, k: int) -> np.ndarray:
    """Keep the k heaviest tokens; among equals the lower id is kept."""
    if k >= len(weights):
        return weights
    least = np.sort(weights)[-k]  # faster than partition where many are equal
    result = np.where(weights > least, weights, 0)
    equal = np.flatnonzero(weights == least)
    result[equal[: k - np.count_nonzero(result)]] = least
    return result


def keep_top_p(weights: np.ndarray, p: float) -> np.ndarray:
    """Keep the fewest heaviest tokens whose share of the mass reaches p."""
    cumulative = np.cumsum(np.sort(weights)[::-1])
    needed = int(np.searchsorted(cumulative, p * cumulative[-1])) + 1
    return keep_top_k(weights, needed)
