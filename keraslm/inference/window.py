"""A bigram, trigram or fixed-window network on NumPy."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.inference.network import Array, Network, State, last_tokens
from keraslm.inference.output import shifted


class WindowNetwork(Network):
    """Predict the next token from the last `context` ids, which are the state.

    `layers` are the matrices and biases from the first to the last; see
    `keraslm.models.ngram` for the equations.
    """

    def __init__(
        self,
        input_kind: str,
        context: int,
        vocabulary_size: int,
        layers: Sequence[tuple[Array, Array]],
        embedding: Array | None = None,
    ) -> None:
        self.input_kind, self.context = input_kind, context
        self.vocabulary_size = vocabulary_size
        self.layers, self.embedding = layers, embedding
        self.state_rule = last_tokens(context)
        looked_up = layers if embedding is not None else layers[1:]
        self.multiplications = sum(kernel.size for kernel, _ in looked_up)

    def initial_state(self, boundary_id: int, texts: tuple[int, ...] = ()) -> State:
        """Give the window before a text: line boundaries."""
        return np.full((*texts, self.context), boundary_id, np.int64)

    def step(self, ids: Any, state: State) -> tuple[Array, State]:
        """Read one token, or one of each text."""
        seen = shifted(state, ids)
        hidden = self._first(seen)
        for kernel, bias in self.layers[1:]:
            hidden = np.tanh(hidden) @ kernel + bias
        return hidden, seen

    def _first(self, seen: Array) -> Array:
        """Give what the first layer makes of a window.

        Shapes: (.., context) -> (.., units)
        """
        kernel, bias = self.layers[0]
        if self.embedding is not None:
            vectors = self.embedding[seen]  # (.., context, embedding)
            joined = vectors.reshape(*seen.shape[:-1], -1)
            return joined @ kernel + bias
        if self.input_kind == "bag-of-words":
            first = _first_occurrences(seen)[..., None]
            return (kernel[seen] * first).sum(axis=-2) + bias
        places = np.arange(self.context) * self.vocabulary_size
        return kernel[places + seen].sum(axis=-2) + bias


def _first_occurrences(seen: Array) -> Array:
    """Mark each id of a window that does not occur earlier in it."""
    same = seen[..., :, None] == seen[..., None, :]  # (.., place, other)
    earlier = np.tri(seen.shape[-1], k=-1, dtype=bool)
    return ~(same & earlier).any(axis=-1)
