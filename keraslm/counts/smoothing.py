"""What every smoothing answers: each n-gram's probability, and a history's row."""

import abc
from typing import Any

import numpy as np

from keraslm.counts.ngrams import Found, Ngrams


class Smoothing(abc.ABC):
    """A formula that turns counts into probabilities.

    A history is given as the indices of its last 0, 1, 2 ... tokens among the n-grams
    of that length, NONE where they were never seen together.
    """

    name: str

    @abc.abstractmethod
    def log_probabilities(self, ngrams: Ngrams, found: Found) -> np.ndarray:
        """Give log P(w | h) of each token of a text.

        Shapes: found (tokens,) -> (tokens,) float64, in nats
        """

    @abc.abstractmethod
    def next_log_probabilities(self, ngrams: Ngrams, history: list[int]) -> np.ndarray:
        """Give log P(w | h) of every word after one history.

        Shapes: -> (vocabulary,) float64, in nats
        """

    @abc.abstractmethod
    def settings(self) -> dict[str, Any]:
        """Give the numbers that the formula needs, as JSON."""
