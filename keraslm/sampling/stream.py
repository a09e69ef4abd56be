"""A stream of tokens: what came so far, and what may come next."""

import abc
import copy
from collections.abc import Iterable
from typing import Self

import numpy as np

from keraslm.sampling.sampler import Sampler


class TokenStream(abc.ABC):
    """The state of one text being read or written, token by token."""

    @abc.abstractmethod
    def next_log_probabilities(self) -> np.ndarray:
        """Give log P(w | everything pushed so far) for every w.

        Shapes: -> (vocabulary,) float64, in nats
        """

    def scores(self, forbidden: int) -> np.ndarray:
        """Give what is drawn from: log P of every token up to a constant, in nats.

        `forbidden` is a token that is never drawn; the others share its probability.
        """
        return without(self.next_log_probabilities(), forbidden)

    def draw(self, sampler: Sampler, forbidden: int) -> int:
        """Draw the next token, which is not pushed."""
        return sampler.draw(self.scores(forbidden))

    @abc.abstractmethod
    def push(self, token_id: int) -> None:
        """Append one token to the history."""

    def extend(self, token_ids: Iterable[int]) -> None:
        """Append several tokens to the history."""
        for token_id in token_ids:
            self.push(token_id)

    def fork(self) -> Self:
        """Give a second stream with the same history; each goes on for itself.

        It costs no reading. A stream whose `push` changes what it holds, instead of
        replacing it, copies that here.
        """
        return copy.copy(self)


def without(log_probabilities: np.ndarray, forbidden: int) -> np.ndarray:
    """Leave one token out; where no other is possible, all others are alike.

    Shapes: (vocabulary,) -> (vocabulary,)
    """
    result = log_probabilities.copy()
    result[forbidden] = -np.inf
    if result.max() == -np.inf:
        result[:] = -np.log(max(len(result) - 1, 1))
        result[forbidden] = -np.inf
    return result
