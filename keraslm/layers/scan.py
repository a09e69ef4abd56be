"""The loop over time: the same cell at every step.

Math:   s_t = cell(z_t, s_{t-1}),   t = 1 .. time
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Cell = Callable[[Any, list[Any]], list[Any]]


def scan(cell: Cell, states: list[Any], inputs: Any) -> tuple[Any, list[Any]]:
    """Run a cell over a sequence; its first state is what it shows at each step.

    Shapes: inputs (batch, time, features), each state (batch, units)
            -> outputs (batch, time, units), last states
    """
    if keras.backend.backend() == "tensorflow":
        return _tensorflow_scan(cell, states, inputs)
    return portable_scan(cell, states, inputs)


def portable_scan(cell: Cell, states: list[Any], inputs: Any) -> tuple[Any, list[Any]]:
    """Run a cell over a sequence with `keras.ops` alone; see `scan`."""

    def advance(states: list[Any], step: Any) -> tuple[list[Any], list[Any]]:
        states = cell(step, states)
        return states, states

    steps = ops.transpose(inputs, (1, 0, 2))  # (time, batch, features)
    last, shown = ops.scan(advance, states, steps)
    return ops.transpose(shown[0], (1, 0, 2)), last


def _tensorflow_scan(cell: Cell, states: list[Any], inputs: Any) -> Any:
    """Do what `portable_scan` does in a loop whose gradient XLA can compile.

    XLA needs to know the number of steps, and keeps one output instead of every state.
    """
    import tensorflow as tf

    steps = tf.transpose(inputs, (1, 0, 2))  # (time, batch, features)
    time = steps.shape[0]
    if time is None:
        time = tf.shape(steps)[0]
    given = tf.TensorArray(steps.dtype, time, element_shape=steps.shape[1:])
    given = given.unstack(steps)
    shown = tf.TensorArray(states[0].dtype, time, element_shape=states[0].shape)

    def advance(t: Any, states: list[Any], shown: Any) -> tuple[Any, list[Any], Any]:
        states = cell(given.read(t), states)
        return t + 1, states, shown.write(t, states[0])

    _, last, shown = tf.while_loop(
        lambda t, *_: t < time, advance, (0, states, shown), maximum_iterations=time
    )
    return tf.transpose(shown.stack(), (1, 0, 2)), last
