"""How far back a loss reaches: the size of its gradient at every lag."""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.cross_entropy import cross_entropy
from keraslm.probes.differentiation import gradient
from keraslm.probes.network import ProbedNetwork, last
from keraslm.probes.nudged import Nudges, no_nudges, nudged_logits
from keraslm.probes.probed import ids_of, inputs_of, network_without_features
from keraslm.probes.reading import STATES, Array, states_while_reading

ROWS = 32  # windows that one backward pass differentiates together
States = list[list[Array]]
"""Of each layer its states, each (windows, units)."""


@dataclasses.dataclass(frozen=True)
class GradientNorms:
    """The norm of a loss's gradient with respect to each state, a number a lag.

    Shapes: lags (lags,): 0, 1, 2 ..; norms (states, lags); joint (lags,)
    Units:  nats for a change of 1 in the state
    """

    states: tuple[str, ...]
    lags: Array
    norms: Array
    joint: Array
    windows: int
    """How many positions of the text were averaged."""

    def table(self) -> pd.DataFrame:
        """Give a row a lag, with a column a state and the column `joint`."""
        columns = dict(zip(self.states, self.norms, strict=True))
        index = pd.Index(self.lags, name="lag")
        return pd.DataFrame({**columns, "joint": self.joint}, index)


def gradient_norms(
    model: Any, text: Any, lags: int = 50, windows: int = 64
) -> GradientNorms:
    """Differentiate the loss at step t with respect to the states of step t - lag.

    A state s_t is what step t hands on: h_t of each layer, and c_t of each LSTM layer,
    taken as variables of their own. A change of h_t moves the layers above (or the
    logits) at once, and all steps after t. A change of c_t leaves h_t as it was and
    moves the steps after t; so at lag 0 its gradient is 0. `joint` is of all states of
    the step together: the root of the sum of their squares.

    `model` is a language model of recurrent layers or its Keras model, also an adopted
    one or one of stock layers, trained or not; `text` is a text or ids, and is read
    from its beginning. The norms are means over `windows`
    positions t, evenly spread over it. One backward pass gives every lag.

    Math:   mean over t of || dJ_t / ds_{t-lag} ||,   J_t = -log P(y_t | y_1 .. y_{t-1})
    Units:  nats for a change of 1 in the state
    Raises: UsageError for another kind of model, lags below 0, or more windows than
        the text has positions with so many steps before them.
    References: Bengio, Simard & Frasconi (1994); Pascanu, Mikolov & Bengio (2013).
    """
    network, ids = network_without_features(model), ids_of(model, text)
    _check(len(ids), lags, windows)
    inputs = inputs_of(ids)
    starts = np.linspace(0, len(ids) - lags - 1, windows).astype(int)
    steps = starts[:, None] + np.arange(lags + 1)  # (windows, time)
    states = _states_at(starts, states_while_reading(network, inputs))
    parts = []
    for rows in np.split(np.arange(windows), range(ROWS, windows, ROWS)):
        before = [[state[rows] for state in own] for own in states]
        given = (inputs[steps[rows]], ids[steps[rows, -1]], before)
        parts.append(_norms(network, *given))
    norms = np.concatenate(parts, axis=-1)  # (states, lags, windows)
    joint = np.sqrt((norms**2).sum(axis=0)).mean(axis=-1)
    names = _names(network)
    return GradientNorms(names, np.arange(lags + 1), norms.mean(-1), joint, windows)


def _check(tokens: int, lags: int, windows: int) -> None:
    if lags < 0:
        raise UsageError(f"lags counts steps, 0 or more; received {lags}")
    if not 1 <= windows <= tokens - lags:
        raise UsageError(
            f"windows must lie from 1 to tokens - lags; received {windows} with "
            f"{tokens} tokens and {lags} lags: give a longer text or fewer of them"
        )


def _states_at(starts: Array, read: Iterator[list[list[Array]]]) -> States:
    """Keep the states before each start."""
    wanted = set(starts.tolist())
    passed = enumerate(itertools.islice(read, starts[-1] + 1))
    found = [states for place, states in passed if place in wanted]
    by_layer = zip(*found, strict=True)
    return [[np.stack(s) for s in zip(*own, strict=True)] for own in by_layer]


def _norms(
    network: ProbedNetwork, inputs: Array, targets: Array, states: States
) -> Array:
    """Differentiate the loss of the last step with respect to every step's states.

    Shapes: inputs (windows, time), targets (windows,) -> (states, time, windows), the
            last step first
    """

    def loss(nudges: Nudges) -> Any:
        logits = nudged_logits(network, inputs, states, nudges, last)
        return ops.sum(cross_entropy(targets, logits))

    windows, time = inputs.shape
    found: Nudges = gradient(loss, no_nudges(network, time, windows))
    by_state = [by.astype(np.float64) for layer in found for by in layer[1:]]
    return np.stack([np.linalg.norm(by, axis=-1) for by in by_state])[:, ::-1]


def _names(network: ProbedNetwork) -> tuple[str, ...]:
    return tuple(
        f"layer {number} {STATES[k]}"
        for number, layer in enumerate(network.layers, start=1)
        for k in range(len(layer.cell.states))
    )
