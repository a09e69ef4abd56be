"""The contract of a trained network on NumPy: a step is a function of the state.

Math:   logits_t, s_t = step(x_t, s_{t-1});   P(y = w) = softmax(logits_t)[w]
"""

import abc
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
State = Any
"""Arrays that a network never changes, so that a state can be kept and gone on from."""


class Network(abc.ABC):
    """A trained network: ids and a state in, logits and the next state out."""

    vocabulary_size: int
    state_rule: str
    """How much of the history a prediction sees, in words, for the card."""
    multiplications: int
    """How many numbers a step multiplies with."""

    @abc.abstractmethod
    def initial_state(self, boundary_id: int, texts: tuple[int, ...] = ()) -> State:
        """Give the state before a text, or before each of several texts."""

    @abc.abstractmethod
    def step(self, ids: Any, state: State) -> tuple[Array, State]:
        """Read one token, or one of each text.

        Shapes: () -> (vocabulary,), or (texts,) -> (texts, vocabulary); the next state
        """

    def advance(self, ids: Any, state: State) -> State:
        """Read as `step` does, where the logits are not asked for."""
        return self.step(ids, state)[1]


def log_softmax(logits: Array) -> Array:
    """Give log softmax(logits) along the last axis, in float64.

    Math:   l - log sum_w exp(l_w)
    """
    logits = logits.astype(np.float64)
    logits -= logits.max(axis=-1, keepdims=True)
    logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return logits


def last_tokens(tokens: int) -> str:
    """Say that a prediction sees so many tokens."""
    words = "token" if tokens == 1 else "tokens"
    return f"the last {tokens} {words}, across line ends"


def attended(layers: int, context: int) -> str:
    """Say what a prediction sees by attention to `context` positions in each layer."""
    reach = layers * (context - 1) + 1
    return (
        f"keys and values of the last {context} tokens, carried in each of {layers} "
        f"layers: {reach} tokens, across line ends"
    )
