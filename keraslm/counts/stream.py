"""A count model reading or writing a text token by token."""

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import Smoothing
from keraslm.generation.stream import TokenStream


class NgramStream(TokenStream):
    """The last order - 1 tokens of the line, as indices among the n-grams."""

    def __init__(self, ngrams: Ngrams, smoothing: Smoothing) -> None:
        self._ngrams = ngrams
        self._smoothing = smoothing
        self._history = [0]  # the empty history, which every token has
        self.push(ngrams.boundary)

    def next_log_probabilities(self) -> np.ndarray:
        """Give log P(w | history) for every w.

        Shapes: -> (vocabulary,) float64, in nats
        """
        return self._smoothing.next_log_probabilities(self._ngrams, self._history)

    def push(self, token_id: int) -> None:
        """Append one token; the boundary starts a new line, and a new history."""
        orders = self._ngrams.orders[:-1]
        if token_id == self._ngrams.boundary:
            orders, self._history = orders[:1], [0]
        longer = [
            order.child(context, token_id)
            for order, context in zip(orders, self._history, strict=False)
        ]
        self._history = [0, *longer]
