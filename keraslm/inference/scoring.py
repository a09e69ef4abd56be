"""Exact log-probabilities of a text on NumPy."""

from typing import Any

import numpy as np

from keraslm.inference.maxent import MaxEntNetwork
from keraslm.inference.network import Array, Network, log_softmax
from keraslm.inference.recurrent import RecurrentNetwork
from keraslm.inference.threads import Threads
from keraslm.inference.window import WindowNetwork

AT_ONCE = 256  # positions of a window network that are read together
PREDICTED = 32  # tokens of a recurrent network that are predicted together
STEP = 5e-5  # seconds of a step, beside its products
SPEED = 1e10  # multiplications a second, most of them with several vectors


def log_probabilities(network: Network, ids: Array, boundary_id: int) -> Array:
    """Predict every id of a stream that starts after a line boundary.

    Math:   log P(y_t | boundary, y_1 .. y_{t-1})
    Shapes: (tokens,) -> (tokens,) float64, in nats
    """
    inputs = np.concatenate([[boundary_id], ids])[: len(ids)]
    if isinstance(network, WindowNetwork | MaxEntNetwork):
        return _by_windows(network, inputs, ids, boundary_id)
    if isinstance(network, RecurrentNetwork) and network.features is None:
        return _by_layers(network, inputs, ids, boundary_id)
    scores, state = np.empty(len(ids)), network.initial_state(boundary_id)
    pairs = zip(inputs.tolist(), ids.tolist(), strict=True)
    threads = Threads(network.multiplications)
    for place, (token_id, target) in enumerate(pairs):
        with threads:
            logits, state = network.step(token_id, state)
        scores[place] = log_softmax(logits)[target]
    return scores


def seconds_to_score(network: Network, tokens: int) -> float:
    """Estimate how long a text takes on NumPy."""
    return tokens * (STEP + network.multiplications / SPEED)


def _by_layers(
    network: RecurrentNetwork, inputs: Array, ids: Array, boundary_id: int
) -> Array:
    """Read with the layers alone; one product then predicts several tokens."""
    layers, _ = network.initial_state(boundary_id)
    scores, threads = np.empty(len(ids)), Threads(network.multiplications)
    for start in range(0, len(ids), PREDICTED):
        rows, hidden = slice(start, start + PREDICTED), []
        vectors = network.vectors(inputs, boundary_id, start, start + PREDICTED)
        with threads:
            for x in vectors:
                h, layers = network.read(x, layers)
                hidden.append(h)
            log_p = log_softmax(network.output.logits(np.stack(hidden)))
        scores[rows] = log_p[np.arange(len(hidden)), ids[rows].astype(np.int64)]
    return scores


def _by_windows(
    network: WindowNetwork | MaxEntNetwork, inputs: Array, ids: Array, boundary_id: int
) -> Array:
    """Read many positions at once: each is a text whose state is the ids before it."""
    before = network.initial_state(boundary_id)
    history = np.concatenate([before, inputs])
    view: Any = np.lib.stride_tricks.sliding_window_view
    windows = view(history, len(before))[:-1]  # of each position, before its input
    scores = np.empty(len(ids))
    threads = Threads(network.multiplications * AT_ONCE)
    for start in range(0, len(ids), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        with threads:
            logits, _ = network.step(inputs[rows], windows[rows])
        targets = ids[rows].astype(np.int64)
        scores[rows] = log_softmax(logits)[np.arange(len(targets)), targets]
    return scores
