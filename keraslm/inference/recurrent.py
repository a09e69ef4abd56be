"""A recurrent network on NumPy, by the equations of its cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.cells import stack
from keraslm.cells.cell import Cell
from keraslm.inference.network import Array, Network, State
from keraslm.inference.output import Features, FullOutput, StructuredOutput


class RecurrentNetwork(Network):
    """Embed each token, read it with a stack of cells, predict the next.

    The state is of each layer its states, and the last ids where features see them.
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
    ) -> None:
        self.vocabulary_size = len(embedding)
        self.embedding, self.cells, self.cell_weights = embedding, cells, weights
        self.output, self.residual, self.features = output, residual, features
        of_cells = sum(weight.size for own in weights for weight in own)
        self.multiplications = of_cells + output.multiplications

    def initial_state(self, boundary_id: int, texts: tuple[int, ...] = ()) -> State:
        """Give zeros for every layer, and the ids before a text that features need."""
        zeros = [
            tuple(np.zeros((*texts, cell.units), np.float32) for _ in cell.states)
            for cell in self.cells
        ]
        if self.features is None:
            return zeros, None
        return zeros, self.features.initial_ids(boundary_id, texts)

    def step(self, ids: Any, state: State) -> tuple[Array, State]:
        """Read one token, or one of each text."""
        hidden, layers = self.read(ids, state[0])
        if self.features is None:
            return self.output.logits(hidden), (layers, None)
        scores, seen = self.features.push(ids, state[1])
        return self.output.logits(hidden, scores), (layers, seen)

    def advance(self, ids: Any, state: State) -> State:
        """Read a token with the layers alone, which cost less than a large output."""
        if self.features is not None:
            return super().advance(ids, state)
        return self.read(ids, state[0])[1], None

    def read(self, ids: Any, layers: stack.States) -> tuple[Array, stack.States]:
        """Advance the layers alone; give what the last one shows."""
        given = (self.cells, self.embedding[ids], layers, self.cell_weights)
        return stack.step(*given, self.residual)
