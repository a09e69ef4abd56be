"""A recurrent network whose products and states can be nudged at every step.

A nudge is an array of zeros that is added. The network computes what it computes
without, and the gradient with respect to a nudge is that of what it is added to.

Math:   a_t = h_{t-1} U + n_t,   s_t = advance(z_t, a_t, s_{t-1}) + m_t,   n = m = 0
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops

from keraslm.kernels.gates import OPS
from keraslm.probes.network import ProbedLayer, ProbedNetwork, Select

Nudges = list[list[Any]]
"""Of each layer n, and m of each of its states."""


def no_nudges(network: ProbedNetwork, time: int, batch: int) -> Nudges:
    """Give zeros for every layer.

    Shapes: n (time, batch, gates x units), each m (time, batch, units)
    """
    return [
        [np.zeros((time, batch, width), np.float32) for width in _widths(layer)]
        for layer in network.layers
    ]


def _widths(layer: ProbedLayer) -> list[int]:
    """Give the columns of a, and of each state."""
    a = layer.cell.products(layer.weights).U.shape[-1]
    return [a, *[layer.cell.units for _ in layer.cell.states]]


def nudged_logits(
    network: ProbedNetwork,
    ids: Any,
    states: Sequence[Sequence[Any]],
    nudges: Nudges,
    select: Select,
) -> Any:
    """Read ids with nudges, each layer from its states; score one position a row.

    Shapes: ids (batch, time) -> (batch, vocabulary)
    """

    def read_layer(number: int, inputs: Any) -> Any:
        layer, nudge = network.layers[number], nudges[number]
        return _nudged_layer(layer, inputs, list(states[number]), nudge)

    others = network.model.initial_states(len(ids))
    logits, _ = network.run(ids, others, read_layer, select)
    return ops.cast(logits[:, 0], "float32")


def _nudged_layer(
    layer: ProbedLayer, inputs: Any, states: list[Any], nudges: list[Any]
) -> Any:
    cell = layer.cell
    p = cell.products([ops.cast(weight, "float32") for weight in layer.weights])

    def advance(states: list[Any], given: list[Any]) -> tuple[list[Any], list[Any]]:
        x, n, *m = given
        a = ops.matmul(states[0], p.U) + n
        a = a if p.b_h is None else a + p.b_h
        values = cell.advance(ops.matmul(x, p.W) + p.b, a, states, OPS, *p.others)
        states = [values[s] + nudge for s, nudge in zip(cell.states, m, strict=True)]
        return states, states

    steps = ops.transpose(ops.cast(inputs, "float32"), (1, 0, 2))
    _, shown = ops.scan(advance, states, [steps, *nudges])
    shown = ops.transpose(shown[0], (1, 0, 2))  # (batch, time, units)
    return ops.cast(shown, inputs.dtype)
