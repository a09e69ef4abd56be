"""Texts that a network reads and writes one token at a time."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from keraslm.inference.network import Array, Network, State, log_softmax
from keraslm.inference.threads import Threads
from keraslm.sampling.stream import TokenStream, without
from keraslm.sampling.together import TokenStreams


class NetworkStream(TokenStream):
    """One text."""

    def __init__(self, network: Network, boundary_id: int) -> None:
        self.network = network
        self.threads = Threads(network.multiplications)
        self.logits: Array
        self.state: State = network.initial_state(boundary_id)
        self.push(boundary_id)

    def push(self, token_id: int) -> None:
        """Append one token to the history."""
        with self.threads:
            self.logits, self.state = self.network.step(token_id, self.state)

    def extend(self, token_ids: Iterable[int]) -> None:
        """Append several tokens; the logits are those after the last one."""
        ids = list(token_ids)
        for token_id in ids[:-1]:
            with self.threads:
                self.state = self.network.advance(token_id, self.state)
        for token_id in ids[-1:]:
            self.push(token_id)

    def next_log_probabilities(self) -> Array:
        """Give log P of every token.

        Shapes: -> (vocabulary,) float64, in nats
        """
        return log_softmax(self.logits)

    def scores(self, forbidden: int) -> Array:
        """Give the logits, which need not be normalised to be drawn from."""
        return without(self.logits.astype(np.float64), forbidden)


class NetworkStreams(TokenStreams):
    """Several texts that are written side by side."""

    def __init__(self, network: Network, texts: int, boundary_id: int) -> None:
        self.network = network
        self.threads = Threads(network.multiplications * texts)
        self.state: State = network.initial_state(boundary_id, (texts,))
        self.push(np.full(texts, boundary_id))

    def push(self, token_ids: Any) -> None:
        """Append one token to each text; shapes: (texts,)."""
        with self.threads:
            self.logits, self.state = self.network.step(token_ids, self.state)
