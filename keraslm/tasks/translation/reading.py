"""What translates on NumPy: a source is encoded once, a target read token by token."""

import abc
from typing import Any

import numpy as np

from keraslm.inference.network import Array, log_softmax

State = Any
"""Arrays that are never changed, so that a state can be kept and gone on from."""


class Reader(abc.ABC):
    """What a network of `networks.new_network` computes, without padding.

    A subclass is an encoder with its decoder; all sources of a call have one length.
    """

    @abc.abstractmethod
    def encode(self, ids: Array) -> State:
        """Read sources.  Shapes: (texts, sources) -> the state before the targets"""

    @abc.abstractmethod
    def step(self, ids: Array, state: State) -> tuple[Array, State, Array | None]:
        """Read one token of each target.

        Shapes: (texts,) -> logits (texts, targets), the next state, and the weights of
                the attention (texts, sources), None without attention
        """


def write_best(
    reader: Reader, ids: Array, end: int, forbidden: int, length: int
) -> list[list[int]]:
    """Write to each source the token that is most probable, until its end.

    Shapes: (texts, sources) -> of each text at most `length` ids, its end left out
    """
    state, last = reader.encode(ids), np.full(len(ids), end, np.int32)
    written: list[Array] = []
    ended = np.zeros(len(ids), bool)
    while len(written) < length and not ended.all():
        logits, state, _ = reader.step(last, state)
        logits[:, forbidden] = -np.inf
        last = logits.argmax(axis=-1).astype(np.int32)
        ended |= last == end
        written.append(np.where(ended, end, last))
    rows = np.stack(written, axis=1).tolist() if written else [[] for _ in ids]
    return [row[: row.index(end)] if end in row else row for row in rows]


def read_targets(
    reader: Reader, ids: Array, before: Array
) -> tuple[Array, Array | None]:
    """Read targets that are given, as training does.

    Shapes: sources (texts, sources), before each place (texts, time) -> log P
            (texts, time, targets) and weights (texts, time, sources) or None
    """
    state, told, seen = reader.encode(ids), [], []
    for t in range(before.shape[1]):
        logits, state, weights = reader.step(before[:, t], state)
        told.append(log_softmax(logits))
        seen.append(weights)
    shown = np.stack(told, axis=1)
    return shown, None if seen[0] is None else np.stack(seen, axis=1)  # type: ignore[arg-type]


def softmax(scores: Array) -> Array:
    """Give the weights of scores.  Shapes: (.., keys) -> the same"""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights: Array = powers / powers.sum(axis=-1, keepdims=True)
    return weights
