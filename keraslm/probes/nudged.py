"""A recurrent network whose products and states can be nudged at every step.

A nudge is an array of zeros that is added. The network computes what it computes
without, and the gradient with respect to a nudge is that of what it is added to.

Math:   a_t = U h_{t-1} + b' + n_t,   s_t = cell(z_t, a_t, s_{t-1}) + m_t,   n = m = 0
"""

from typing import Any

import numpy as np
from keras import ops

from keraslm.layers.recurrent import Recurrent
from keraslm.models import RecurrentModel

Nudges = list[list[Any]]
"""Of each layer n, and m of each of its states."""


def no_nudges(network: RecurrentModel, time: int, batch: int) -> Nudges:
    """Give zeros for every layer.

    Shapes: n (time, batch, gates x units), each m (time, batch, units)
    """
    return [
        [
            np.zeros((time, batch, width), np.float32)
            for width in (layer.gates * layer.units, *[layer.units] * layer.states)
        ]
        for layer in network.recurrent
    ]


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
        hidden = hidden + shown if network.adds_residual(number) else shown
    return hidden


def _nudged_layer(
    layer: Recurrent, inputs: Any, states: list[Any], nudges: list[Any]
) -> Any:
    recurrent = ops.convert_to_tensor(layer.recurrent_kernel)
    _, bias = layer.biases(ops.convert_to_tensor(layer.bias))

    def advance(states: list[Any], given: list[Any]) -> tuple[list[Any], list[Any]]:
        z, n, *m = given
        a = ops.matmul(states[0], recurrent) + bias + n
        after = layer.cell(z, a, states, ops)
        states = [s + nudge for s, nudge in zip(after, m, strict=True)]
        return states, states

    _, shown = ops.scan(advance, states, [layer.input_products(inputs), *nudges])
    return ops.transpose(shown[0], (1, 0, 2))  # (batch, time, units)
