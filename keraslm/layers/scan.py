"""The loop over time: the same cell at every step.

Math:   a_t = h_{t-1} U + b',   s_t = cell(z_t, a_t, s_{t-1}),   t = 1 .. time
        h is the first state of s
"""

from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from keraslm.layers.products import product

if TYPE_CHECKING:
    from keraslm.layers.recurrent import Recurrent


def scan(
    layer: "Recurrent",
    steps: Any,
    states: list[Any],
    recurrent: Any,
    bias: Any,
    length: Any = None,
    training: bool = False,
) -> tuple[Any, list[Any]]:
    """Run a layer's cell over a sequence, or its first `length` steps.

    h is what the cell shows at each step; behind the length it may be anything.
    In training, what the gradient needs is kept; without, it is computed anew.

    Shapes: steps z (time, batch, gates x units), each state (batch, units),
            recurrent U (units, gates x units), bias b' (gates x units,)
            -> h of all steps (time, batch, units), last states
    """
    if keras.backend.backend() == "tensorflow":
        from keraslm.layers.tensorflow_scan import tensorflow_scan as loop
    else:
        loop = portable_scan
    return loop(layer, steps, states, recurrent, bias, length, training)


def portable_scan(
    layer: "Recurrent",
    steps: Any,
    states: list[Any],
    recurrent: Any,
    bias: Any,
    length: Any = None,
    training: bool = False,
) -> tuple[Any, list[Any]]:
    """Run a layer's cell over a sequence with `keras.ops` alone; see `scan`."""

    def advance(states: list[Any], z: Any) -> tuple[list[Any], list[Any]]:
        a = product(states[0], recurrent) + bias
        states = layer.cell(z, a, states, ops)
        return states, states

    last, kept = ops.scan(advance, states, steps)
    if length is not None:
        last = [ops.take(k, length - 1, axis=0) for k in kept]
    return kept[0], last
