"""Streams that stand at different places, stepped together: rows of one product."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.inference.network import Array, State, log_softmax
from keraslm.inference.stream import NetworkStream
from keraslm.sampling.stream import TokenStream


def read_each(streams: Sequence[TokenStream], token_ids: Sequence[int]) -> None:
    """As `push_each`, where another token follows before the next one is asked for."""
    network = _shared_network(streams)
    if network is None:
        push_each(streams, token_ids)
        return
    state = _stacked([stream.state for stream in streams])  # type: ignore[attr-defined]
    state = network.advance(np.array(token_ids), state)
    for row, stream in enumerate(streams):
        stream.state = _row(state, row)  # type: ignore[attr-defined]


def push_each(streams: Sequence[TokenStream], token_ids: Sequence[int]) -> None:
    """Append to each stream a token of its own.

    Streams of one network read their tokens in one step, as the rows of its products,
    if their states have the same shapes.
    """
    network = _shared_network(streams)
    states = [] if network is None else [s.state for s in streams]  # type: ignore[attr-defined]
    if network is None or not _alike(states):
        for stream, token_id in zip(streams, token_ids, strict=True):
            stream.push(token_id)
        return
    logits, state = network.step(np.array(token_ids), _stacked(states))
    for row, stream in enumerate(streams):
        stream.logits = logits[row]  # type: ignore[attr-defined]
        stream.state = _row(state, row)  # type: ignore[attr-defined]


def next_of_each(streams: Sequence[TokenStream]) -> Array:
    """Give log P(w | its own history) of every token for each stream.

    Shapes: -> (streams, vocabulary) float64, in nats
    """
    if _shared_network(streams) is None:
        return np.stack([stream.next_log_probabilities() for stream in streams])
    return log_softmax(np.stack([s.logits for s in streams]))  # type: ignore[attr-defined]


def _shared_network(streams: Sequence[TokenStream]) -> Any:
    """Give the network that all streams are of, or None."""
    first = streams[0]
    if len(streams) == 1 or not isinstance(first, NetworkStream):
        return None
    is_shared = all(getattr(s, "network", None) is first.network for s in streams)
    return first.network if is_shared else None


def _alike(states: Sequence[State]) -> bool:
    """Say whether states have the same shapes; a cache grows with its text."""
    shapes = [_shapes(state) for state in states]
    return all(own == shapes[0] for own in shapes)


def _shapes(state: State) -> Any:
    if isinstance(state, list | tuple):
        return [_shapes(part) for part in state]
    return None if state is None else np.shape(state)


def _stacked(states: Sequence[State]) -> State:
    """Make of the states of single texts one whose arrays have a row for each."""
    first = states[0]
    if first is None:
        return None
    if isinstance(first, list | tuple):
        return type(first)(_stacked(parts) for parts in zip(*states, strict=True))
    return np.stack(states)


def _row(state: State, number: int) -> State:
    """Take one text's state out of stacked ones."""
    if state is None:
        return None
    if isinstance(state, list | tuple):
        return type(state)(_row(part, number) for part in state)
    return state[number]
