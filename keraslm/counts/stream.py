"""A count model reading or writing a text token by token."""

import numpy as np

from keraslm.counts.table import Table
from keraslm.sampling.stream import TokenStream


class NgramStream(TokenStream):
    """The last order - 1 tokens of the line, as indices among the n-grams."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.history = [0]  # the empty history, which every token has
        self.push(table.trie.boundary)

    def next_log_probabilities(self) -> np.ndarray:
        """Give log P(w | history) for every w.

        Shapes: -> (vocabulary,) float64, in nats
        """
        return self._table.next_log_probabilities(self.history)

    def push(self, token_id: int) -> None:
        """Append one token; the boundary starts a new line, and a new history."""
        levels = self._table.trie.levels[:-1]
        if token_id == self._table.trie.boundary:
            levels, self.history = levels[:1], [0]
        longer = [
            level.child(history, token_id)
            for level, history in zip(levels, self.history, strict=False)
        ]
        self.history = [0, *longer]
