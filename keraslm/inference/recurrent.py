"""A recurrent network on NumPy, by the equations of its cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.cells import stack
from keraslm.cells.cell import Cell
from keraslm.inference.network import Array, Network, State
from keraslm.inference.ngram_vectors import NgramVectors
from keraslm.inference.output import Features, FullOutput, StructuredOutput, shifted


class RecurrentNetwork(Network):
    """Embed each token, read it with a stack of cells, predict the next.

    The state is of each layer its states, and the last ids where features or n-grams
    see them.
    """

    state_rule = "state carried from the first token to the last, across line ends"

    def __init__(
        self,
        embedding: Array,
        cells: Sequence[Cell],
        weights: Sequence[Sequence[Array]],
        output: FullOutput | StructuredOutput,
        residual: bool = False,
        features: Features | None = None,
        ngrams: NgramVectors | None = None,
    ) -> None:
        self.vocabulary_size = len(embedding)
        self.embedding, self.cells, self.cell_weights = embedding, cells, weights
        self.output, self.residual, self.features = output, residual, features
        self.ngrams = ngrams
        of_features = 0 if features is None else features.histories.reach + 1
        of_ngrams = 0 if ngrams is None else ngrams.reach + 1
        self._seen = max(of_features, of_ngrams)  # ids that the state keeps
        of_cells = sum(weight.size for own in weights for weight in own)
        self.multiplications = of_cells + output.multiplications

    def initial_state(self, boundary_id: int, texts: tuple[int, ...] = ()) -> State:
        """Give zeros for every layer, and the ids before a text: line boundaries."""
        zeros = [
            tuple(np.zeros((*texts, cell.units), np.float32) for _ in cell.states)
            for cell in self.cells
        ]
        shape = (*texts, self._seen)
        return zeros, np.full(shape, boundary_id, np.int32) if self._seen else None

    def step(self, ids: Any, state: State) -> tuple[Array, State]:
        """Read one token, or one of each text."""
        hidden, after = self._advance(ids, state)
        if self.features is None:
            return self.output.logits(hidden), after
        return self.output.logits(hidden, self.features.scores(after[1])), after

    def advance(self, ids: Any, state: State) -> State:
        """Read a token with the layers alone, which cost less than a large output."""
        return self._advance(ids, state)[1]

    def _advance(self, ids: Any, state: State) -> tuple[Array, State]:
        layers, seen = state
        x: Array = self.embedding[ids]
        if seen is not None:
            seen = shifted(seen, ids)
        if self.ngrams is not None:
            x = x + self.ngrams.of(seen[..., -self.ngrams.reach - 1 :])[..., 0, :]
        hidden, layers = self.read(x, layers)
        return hidden, (layers, seen)

    def vectors(
        self, ids: Array, boundary_id: int, start: int = 0, end: int | None = None
    ) -> Array:
        """Give what the first layer reads of the ids of a text, from one to another.

        Shapes: (time,) -> (end - start, width)
        """
        x: Array = self.embedding[ids[start:end]]
        if self.ngrams is None:
            return x
        before = np.full(max(self.ngrams.reach - start, 0), boundary_id)
        seen = ids[max(start - self.ngrams.reach, 0) : end]
        return x + self.ngrams.of(np.concatenate([before, seen]).astype(np.int32))

    def read(self, x: Array, layers: stack.States) -> tuple[Array, stack.States]:
        """Advance the layers alone by a vector; give what the last one shows."""
        return stack.step(self.cells, x, layers, self.cell_weights, self.residual)
