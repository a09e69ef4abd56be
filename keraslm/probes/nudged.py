"""A recurrent network whose products and states can be nudged at every step.

A nudge is an array of zeros that is added. The network computes what it computes
without, and the gradient with respect to a nudge is that of what it is added to.

Math:   a_t = h_{t-1} U + n_t,   s_t = advance(z_t, a_t, s_{t-1}) + m_t,   n = m = 0
"""

from typing import Any

import numpy as np
from keras import ops

from keraslm.cells.stack import hand_on
from keraslm.kernels.gates import OPS
from keraslm.layers.recurrent import Recurrent
from keraslm.models import RecurrentModel

Nudges = list[list[Any]]
"""Of each layer n, and m of each of its states."""


def no_nudges(network: RecurrentModel, time: int, batch: int) -> Nudges:
    """Give zeros for every layer.

    Shapes: n (time, batch, gates x units), each m (time, batch, units)
    """
    return [
        [np.zeros((time, batch, width), np.float32) for width in _widths(layer)]
        for layer in network.recurrent
    ]


def _widths(layer: Recurrent) -> list[int]:
    """Give the columns of a, and of each state."""
    a = layer.cell.products(layer.cell_weights).U.shape[-1]
    return [a, *[layer.units for _ in layer.cell.states]]


def nudged_hidden(
    network: RecurrentModel, ids: Any, states: list[Any], nudges: Nudges
) -> Any:
    """Read ids from a state with nudges; give what the logits are made of.

    Shapes: ids (batch, time) -> (batch, time, units)
    """
    hidden = network.embed(ids)
    for number, layer in enumerate(network.recurrent):
        before = network.states_of(number, states)
        shown = _nudged_layer(layer, hidden, before, nudges[number])
        hidden = hand_on(hidden, shown, network.residual)
    return hidden


def _nudged_layer(
    layer: Recurrent, inputs: Any, states: list[Any], nudges: list[Any]
) -> Any:
    cell = layer.cell
    p = cell.products([ops.convert_to_tensor(w) for w in layer.cell_weights])

    def advance(states: list[Any], given: list[Any]) -> tuple[list[Any], list[Any]]:
        x, n, *m = given
        a = ops.matmul(states[0], p.U) + n
        a = a if p.b_h is None else a + p.b_h
        values = cell.advance(ops.matmul(x, p.W) + p.b, a, states, OPS, *p.others)
        states = [values[s] + nudge for s, nudge in zip(cell.states, m, strict=True)]
        return states, states

    steps = ops.transpose(inputs, (1, 0, 2))  # (time, batch, features)
    _, shown = ops.scan(advance, states, [steps, *nudges])
    return ops.transpose(shown[0], (1, 0, 2))  # (batch, time, units)
