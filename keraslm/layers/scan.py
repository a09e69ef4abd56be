"""The loop over time: the same cell at every step.

Math:   a_t = h_{t-1} U + b',   s_t = cell(z_t, a_t, s_{t-1}),   t = 1 .. time
        h is the first state of s
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Cell = Callable[[Any, Any, list[Any]], list[Any]]


def scan(
    cell: Cell,
    steps: Any,
    states: list[Any],
    recurrent: Any,
    bias: Any,
    length: Any = None,
) -> tuple[Any, list[Any]]:
    """Run a cell over a sequence, or its first `length` steps.

    h is what the cell shows at each step; behind the length it may be anything.

    Shapes: steps z (time, batch, gates x units), each state (batch, units),
            recurrent U (units, gates x units), bias b' (gates x units,)
            -> h of all steps (time, batch, units), last states
    """
    if keras.backend.backend() == "tensorflow":
        from keraslm.layers.tensorflow_scan import tensorflow_scan

        return tensorflow_scan(cell, steps, states, recurrent, bias, length)
    return portable_scan(cell, steps, states, recurrent, bias, length)


def portable_scan(
    cell: Cell,
    steps: Any,
    states: list[Any],
    recurrent: Any,
    bias: Any,
    length: Any = None,
) -> tuple[Any, list[Any]]:
    """Run a cell over a sequence with `keras.ops` alone; see `scan`."""

    def advance(states: list[Any], step: Any) -> tuple[list[Any], Any]:
        z, read = step
        after = cell(z, ops.matmul(states[0], recurrent) + bias, states)
        if length is not None:
            after = [ops.where(read, a, s) for a, s in zip(after, states, strict=True)]
        return after, after

    time = steps.shape[0]
    read = ops.arange(time) < (time if length is None else length)
    last, shown = ops.scan(advance, states, (steps, read))
    return shown[0], last
