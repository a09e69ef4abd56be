"""The loop over time on TensorFlow, with a gradient that suits XLA.

Automatic differentiation would add h_{t-1}^T da_t to the gradient of U at every step.
Here the loops only carry what has to be sequential, and that gradient is one matrix
product after them:

    forward     keeps every state s_t and every product a_t
    backward    per step (dz_t, da_t, ds_{t-1}) by differentiating the cell alone;
                dh_{t-1} += da_t U^T
    after       dU = sum_t h_{t-1}^T da_t,   db' = sum_t da_t
"""

import functools
from typing import Any

import tensorflow as tf

from keraslm.layers.scan import Cell
from keraslm.layers.tensorflow_graph import in_own_graph


def tensorflow_scan(
    cell: Cell,
    steps: Any,
    states: list[Any],
    recurrent: Any,
    bias: Any,
    length: Any = None,
) -> tuple[Any, list[Any]]:
    """Do what `portable_scan` does; see there for the shapes."""
    recurrent, bias = tf.convert_to_tensor(recurrent), tf.convert_to_tensor(bias)
    run = in_own_graph(functools.partial(_run, cell))
    shown, *last = run(length, steps, recurrent, bias, *states)
    return shown, last


def _run(cell: Cell, length: Any, *tensors: Any) -> Any:
    """Give h_t of all steps and the last states, with the gradient of this file."""

    @tf.custom_gradient
    def run(steps: Any, recurrent: Any, bias: Any, *first: Any) -> Any:
        time = _time(steps) if length is None else length
        last, (products, *kept) = _forward(
            cell, steps, list(first), recurrent, bias, time
        )
        before = [
            tf.concat([s[None], k[:-1]], 0) for s, k in zip(first, kept, strict=True)
        ]

        def gradient(d_shown: Any, *d_last: Any) -> Any:
            saved = (steps, products, *before)
            d_steps, d_products, d_first = _backward(
                cell, saved, d_shown, list(d_last), recurrent, time
            )
            d_recurrent = tf.einsum("tbu,tbg->ug", before[0], d_products)
            d_bias = tf.reduce_sum(d_products, (0, 1))
            return d_steps, d_recurrent, d_bias, *d_first

        return (kept[0], *last), gradient

    return run(*tensors)


def _forward(
    cell: Cell, steps: Any, states: list[Any], recurrent: Any, bias: Any, time: Any
) -> tuple[list[Any], list[Any]]:
    """Give the last states, and a_t and every state s_t of all steps."""

    def advance(t: Any, states: list[Any], written: list[Any]) -> Any:
        product = tf.matmul(states[0], recurrent) + bias
        states = cell(steps[t], product, states)
        rows = [product, *states]
        return (
            t + 1,
            states,
            [w.write(t, r) for w, r in zip(written, rows, strict=True)],
        )

    written = [_room(steps, steps[0]), *(_room(steps, state) for state in states)]
    _, last, written = tf.while_loop(
        lambda t, *_: t < time,
        advance,
        (0, states, written),
        maximum_iterations=_time(steps),
    )
    return last, [w.stack() for w in written]


def _backward(
    cell: Cell,
    saved: tuple[Any, ...],
    d_shown: Any,
    d_states: list[Any],
    recurrent: Any,
    time: Any,
) -> tuple[Any, Any, list[Any]]:
    """Give dz_t and da_t of all steps, and the gradient of the first states."""
    steps, products, *before = saved
    transposed = tf.transpose(recurrent)

    def retreat(k: Any, d_states: list[Any], written: list[Any]) -> Any:
        t = time - 1 - k
        d_states = [d_states[0] + d_shown[t], *d_states[1:]]
        inputs = (steps[t], products[t], [states[t] for states in before])
        d_step, d_product, d_states = _cell_gradient(cell, inputs, d_states)
        d_states = [d_states[0] + tf.matmul(d_product, transposed), *d_states[1:]]
        rows = [d_step, d_product]
        return (
            k + 1,
            d_states,
            [w.write(t, r) for w, r in zip(written, rows, strict=True)],
        )

    written = [_room(steps, steps[0]), _room(steps, steps[0])]
    _, d_states, written = tf.while_loop(
        lambda k, *_: k < time,
        retreat,
        (0, d_states, written),
        maximum_iterations=_time(steps),
    )
    return written[0].stack(), written[1].stack(), d_states


def _cell_gradient(
    cell: Cell, inputs: tuple[Any, Any, list[Any]], d_states: list[Any]
) -> tuple[Any, Any, list[Any]]:
    step, product, states = inputs
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch((step, product, states))
        after = cell(step, product, states)
    return tape.gradient(
        after,
        (step, product, states),
        output_gradients=d_states,
        unconnected_gradients="zero",
    )


def _room(steps: Any, row: Any) -> tf.TensorArray:
    return tf.TensorArray(row.dtype, _time(steps), element_shape=row.shape)


def _time(steps: Any) -> Any:
    known = steps.shape[0]
    return tf.shape(steps)[0] if known is None else known
