"""The maximum-entropy model on NumPy."""

from typing import Any

import numpy as np

from keraslm.inference.network import Array, Network, State, last_tokens
from keraslm.inference.output import Features, FullOutput, StructuredOutput


class MaxEntNetwork(Network):
    """Predict by the weights of hashed features; the last ids are the state."""

    def __init__(
        self,
        vocabulary_size: int,
        features: Features,
        output: FullOutput | StructuredOutput,
    ) -> None:
        self.vocabulary_size = vocabulary_size
        self.features, self.output = features, output
        histories = features.histories
        self.multiplications = histories.number * histories.outputs
        self.state_rule = last_tokens(features.histories.reach + 1)

    def initial_state(self, boundary_id: int, texts: tuple[int, ...] = ()) -> State:
        """Give the ids before a text: line boundaries."""
        return self.features.initial_ids(boundary_id, texts)

    def step(self, ids: Any, state: State) -> tuple[Array, State]:
        """Read one token, or one of each text."""
        scores, seen = self.features.push(ids, state)
        nothing = np.zeros((*np.shape(ids), 0), np.float32)  # no layer shows anything
        return self.output.logits(nothing, scores), seen
