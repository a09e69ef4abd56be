"""The output side of a network on NumPy: which softmax, and features beside it.

Math:   full:               logits = h O + b + s
        tied:               logits = h P E^T + s, E the embedding
        adaptive, classes:  the log-probabilities of `keraslm.outputs`, from h and s
        s are the scores of the features of the history, where a network has them
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.inference.network import Array
from keraslm.outputs import arrays
from keraslm.outputs.adaptive import AdaptiveOutput
from keraslm.outputs.classes import ClassOutput
from keraslm.outputs.history_features import HistoryFeatures


class FullOutput:
    """A score for every token by a product."""

    def __init__(self, kernel: Array, bias: Array) -> None:
        self.kernel, self.bias = kernel, bias
        self.multiplications = kernel.size

    def logits(self, hidden: Array, *scores: Array) -> Array:
        """Give h O + b, and the features' scores added."""
        logits = hidden @ self.kernel
        for part in (self.bias, *scores):
            logits += part  # in place: the array may be as long as the vocabulary
        return logits


class TiedOutput(FullOutput):
    """The embedding read backwards; P is left out where it is as wide as h."""

    def __init__(self, embedding: Array, projection: Array | None = None) -> None:
        kernel = np.ascontiguousarray(embedding.T)
        if projection is not None:
            kernel = projection @ kernel
        super().__init__(kernel, np.zeros(len(embedding), np.float32))
        self.projection = projection


class StructuredOutput:
    """Log-probabilities by bands or by classes."""

    def __init__(
        self, output: AdaptiveOutput | ClassOutput, weights: Sequence[Array]
    ) -> None:
        self.output, self.weights = output, weights
        self.multiplications = sum(weight.size for weight in weights)

    def logits(self, hidden: Array, *scores: Array) -> Array:
        """Give log P of every token, which are logits too."""
        return self.output.log_probabilities(hidden, self.weights, arrays, *scores)


class Features:
    """The hashed features of the last ids, and their weights D."""

    def __init__(self, histories: HistoryFeatures, table: Array) -> None:
        self.histories, self.table = histories, table

    def initial_ids(self, boundary_id: int, texts: tuple[int, ...]) -> Array:
        """Give the ids before a text: line boundaries."""
        return np.full((*texts, self.histories.reach + 1), boundary_id, np.int32)

    def push(self, ids: Any, before: Array) -> tuple[Array, Array]:
        """Read a token; give the scores of every output, and the last ids.

        Shapes: (), (reach + 1,) -> (outputs,), (reach + 1,); or of each text
        """
        seen = shifted(before, ids)
        return self.scores(seen), seen

    def scores(self, seen: Array) -> Array:
        """Score every output after the last ids.

        Shapes: (.., reach + 1) -> (.., outputs)
        """
        last = seen[..., -self.histories.reach - 1 :]
        starts = np.concatenate(self.histories.starts(last), axis=-1)
        rows = np.atleast_2d(starts)  # (texts, features)
        scores = np.stack([self._sum(row) for row in rows.tolist()])
        return scores.reshape(*starts.shape[:-1], self.histories.outputs)

    def _sum(self, starts: list[int]) -> Array:
        width = self.histories.outputs
        return np.sum([self.table[b : b + width] for b in starts], axis=0)


def shifted(ids: Array, newest: Any) -> Array:
    """Drop the oldest id and append the newest; shapes: (.., n), (..) -> (.., n)."""
    after = np.empty_like(ids)
    after[..., :-1] = ids[..., 1:]
    after[..., -1] = newest
    return after
