"""The loop over time on TensorFlow, with a gradient that suits XLA.

Automatic differentiation would add h_{t-1}^T da_t to the gradient of U at every step,
and compute every gate again. Here the loops only carry what has to be sequential, the
way back multiplies what the way there kept, and the gradient of U is one matrix product
after them:

    forward     keeps every h_t and the derivatives k_t of each step's equations
    backward    per step (dz_t, da_t, ds_{t-1}) from k_t and ds_t;
                dh_{t-1} += da_t U^T
    after       dU = sum_t h_{t-1}^T da_t,   db' = sum_t da_t

Each array of a step is made of few others: LLVM gives up vectorising where it would
have to compare the places of many.
"""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import tensorflow as tf
from keras import ops

from keraslm.layers.products import rows
from keraslm.layers.tensorflow_compiler import prefer_wide_vectors
from keraslm.layers.tensorflow_graph import in_own_graph
from keraslm.layers.tensorflow_products import Exact, products_for

if TYPE_CHECKING:
    from keraslm.layers.recurrent import Recurrent


def tensorflow_scan(
    layer: "Recurrent",
    steps: Any,
    states: list[Any],
    recurrent: Any,
    bias: Any,
    length: Any = None,
    training: bool = False,
) -> tuple[Any, list[Any]]:
    """Do what `portable_scan` does; see there for the shapes."""
    prefer_wide_vectors()
    recurrent, bias = tf.convert_to_tensor(recurrent), tf.convert_to_tensor(bias)
    time = _time(steps) if length is None else length
    if not training:
        advance = functools.partial(_advance, layer)
        of = Exact()
        last, (shown,) = _forward(advance, steps, states, recurrent, bias, time, of)
        return shown, last

    of = products_for(states[0].shape, recurrent.shape[-1])
    run = in_own_graph(functools.partial(_run, layer, of))
    shown, *last = run(time, steps, recurrent, bias, *states)
    return shown, last


def _run(layer: "Recurrent", of: Exact, time: Any, *tensors: Any) -> Any:
    """Give h_t of all steps and the last states, with the gradient of this file.

    `of` multiplies within the loops, and so for dU.
    """

    @tf.custom_gradient
    def run(steps: Any, recurrent: Any, bias: Any, *first: Any) -> Any:
        last, (shown, *kept) = _forward(
            layer.keeping_cell, steps, list(first), recurrent, bias, time, of
        )

        def gradient(d_shown: Any, *d_last: Any) -> Any:
            d_steps, d_products, d_first = _backward(
                layer, kept, d_shown, list(d_last), recurrent, time, of
            )
            before = tf.concat([first[0][None], shown[:-1]], 0)
            d_recurrent = of.times(
                of.transposed(rows(before)), of.factor(rows(d_products))
            )
            d_bias = tf.reduce_sum(d_products, (0, 1))
            return d_steps, d_recurrent, d_bias, *d_first

        return (shown, *last), gradient

    return run(*tensors)


def _advance(
    layer: "Recurrent", z: Any, a: Any, states: list[Any]
) -> tuple[list[Any], list[Any]]:
    """Advance the states, and keep nothing."""
    return layer.cell(z, a, states, ops), []


def _forward(
    cell: Callable[..., tuple[list[Any], list[Any]]],
    steps: Any,
    states: list[Any],
    recurrent: Any,
    bias: Any,
    time: Any,
    of: Exact,
) -> tuple[list[Any], list[Any]]:
    """Give the last states, and h_t and what is kept of all steps."""
    recurrent = of.factor(recurrent)

    def advance(t: Any, states: list[Any], written: list[Any]) -> Any:
        product = of.times(of.factor(states[0]), recurrent) + bias
        states, kept = cell(steps[t], product, states)
        return t + 1, states, _write(written, t, [states[0], *kept])

    _, kept = cell(steps[0], steps[0], states)  # for its shapes alone
    written = [_room(steps, row) for row in (states[0], *kept)]
    _, last, written = tf.while_loop(
        lambda t, *_: t < time,
        advance,
        (0, states, written),
        maximum_iterations=_time(steps),
    )
    return last, [w.stack() for w in written]


def _backward(
    layer: "Recurrent",
    kept: list[Any],
    d_shown: Any,
    d_states: list[Any],
    recurrent: Any,
    time: Any,
    of: Exact,
) -> tuple[Any, Any, list[Any]]:
    """Give dz_t and da_t of all steps, and the gradient of the first states."""
    transposed = of.transposed(recurrent)

    def retreat(t: Any, d_states: list[Any], written: list[Any]) -> Any:
        d_states = [d_states[0] + d_shown[t], *d_states[1:]]
        d_step, d_product, d_states = layer.cell_gradient(
            [x[t] for x in kept], d_states
        )
        d_h = d_states[0] + of.times(of.factor(d_product), transposed)
        d_states = [d_h, *d_states[1:]]
        rows = [d_product] if layer.adds else [d_step, d_product]
        return t - 1, d_states, _write(written, t, rows)

    written = [_room(kept[0], kept[0][0]) for _ in range(1 if layer.adds else 2)]
    _, d_states, written = tf.while_loop(
        lambda t, *_: t >= 0,
        retreat,
        (time - 1, d_states, written),
        maximum_iterations=_time(kept[0]),
    )
    return written[0].stack(), written[-1].stack(), d_states


def _room(steps: Any, row: Any) -> tf.TensorArray:
    return tf.TensorArray(row.dtype, _time(steps), element_shape=row.shape)


def _write(written: list[Any], t: Any, rows: list[Any]) -> list[Any]:
    return [w.write(t, row) for w, row in zip(written, rows, strict=True)]


def _time(steps: Any) -> Any:
    known = steps.shape[0]
    return tf.shape(steps)[0] if known is None else known
