"""A stream of tokens: what came so far, and what may come next."""

import abc
from collections.abc import Iterable

import numpy as np


class TokenStream(abc.ABC):
    """The state of one text being read or written, token by token."""

    @abc.abstractmethod
    def next_log_probabilities(self) -> np.ndarray:
        """Give log P(w | everything pushed so far) for every w.

        Shapes: -> (vocabulary,) float64, in nats
        """

    @abc.abstractmethod
    def push(self, token_id: int) -> None:
        """Append one token to the history."""

    def extend(self, token_ids: Iterable[int]) -> None:
        """Append several tokens to the history."""
        for token_id in token_ids:
            self.push(token_id)
