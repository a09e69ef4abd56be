"""The loop over time on TensorFlow, with a gradient that suits XLA.

Automatic differentiation would add h_{t-1}^T da_t to the gradient of U at every step,
and compute every gate again. Here the loops only carry what has to be sequential, the
backward pass multiplies what the forward pass kept, and the gradient of U is one matrix
product after them:

    forward     keeps every h_t and the derivatives k_t of each step's equations
    backward    per step (dz_t, da_t, ds_{t-1}) from k_t and ds_t;
                dh_{t-1} += da_t U^T
    after       dU = sum_t h_{t-1}^T da_t,   db_h = sum_t da_t

Each array of a step is made of few others: LLVM gives up vectorising where it would
have to compare the places of many. A cell without derivatives of its own runs through
the same loop, differentiated by TensorFlow.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from keraslm.cells import Cell
from keraslm.kernels.derivatives import Derivatives, derivatives_of
from keraslm.kernels.gates import OPS
from keraslm.kernels.products import rows
from keraslm.kernels.tensorflow.graph import in_own_graph
from keraslm.kernels.tensorflow.products import Exact, products_for


def tensorflow_loop(
    cell: Cell,
    z: Any,
    state: Sequence[Any],
    U: Any,
    b_h: Any,
    others: Sequence[Any] = (),
    length: Any = None,
    training: bool = False,
) -> tuple[Any, list[Any]]:
    """Do what `portable_loop` does; see there for the shapes."""
    U = tf.convert_to_tensor(U)
    b_h = tf.zeros(U.shape[-1], U.dtype) if b_h is None else tf.convert_to_tensor(b_h)
    z = tf.convert_to_tensor(z)
    time = _time(z) if length is None else length
    derivatives = derivatives_of(cell)
    if not training or derivatives is None:
        advance = functools.partial(_advance, cell, others)
        last, (shown,) = _forward(advance, z, list(state), U, b_h, time, Exact())
        return shown, last

    of = products_for(state[0].shape, U.shape[-1])
    run = in_own_graph(functools.partial(_run, cell, derivatives, of))
    shown, *last = run(time, z, U, b_h, *state)
    return shown, last


def _run(
    cell: Cell, derivatives: Derivatives, of: Exact, time: Any, *tensors: Any
) -> Any:
    """Give h_t of all steps and the last state, with the gradient of this file.

    `of` multiplies within the loops, and so for dU.
    """
    advance = functools.partial(_advance_and_keep, cell, derivatives)

    @tf.custom_gradient
    def run(z: Any, U: Any, b_h: Any, *first: Any) -> Any:
        last, (shown, *kept) = _forward(advance, z, list(first), U, b_h, time, of)

        def gradient(d_shown: Any, *d_last: Any) -> Any:
            back = derivatives.back
            d_z, d_a, d_first = _backward(
                back, cell.only_adds, kept, d_shown, list(d_last), U, time, of
            )
            before = tf.concat([first[0][None], shown[:-1]], 0)
            d_U = of.times(of.transposed(rows(before)), of.factor(rows(d_a)))
            return d_z, d_U, tf.reduce_sum(d_a, (0, 1)), *d_first

        return (shown, *last), gradient

    return run(*tensors)


def _advance(
    cell: Cell, others: Sequence[Any], z: Any, a: Any, state: list[Any]
) -> tuple[list[Any], list[Any]]:
    """Advance the state, and keep nothing."""
    values = cell.advance(z, a, state, OPS, *others)
    return [values[name] for name in cell.states], []


def _advance_and_keep(
    cell: Cell, derivatives: Derivatives, z: Any, a: Any, state: list[Any]
) -> tuple[list[Any], list[Any]]:
    """Advance the state, and keep what the backward pass multiplies with."""
    values = cell.advance(z, a, state, OPS)
    kept = derivatives.keep(values, a, state)
    return [values[name] for name in cell.states], kept


def _forward(
    advance: Callable[..., tuple[list[Any], list[Any]]],
    z: Any,
    state: list[Any],
    U: Any,
    b_h: Any,
    time: Any,
    of: Exact,
) -> tuple[list[Any], list[Any]]:
    """Give the last state, and h_t and what is kept of all steps."""
    U = of.factor(U)

    def step(t: Any, state: list[Any], written: list[Any]) -> Any:
        a = of.times(of.factor(state[0]), U) + b_h
        state, kept = advance(z[t], a, state)
        return t + 1, state, _write(written, t, [state[0], *kept])

    a = of.times(of.factor(state[0]), U)
    _, kept = advance(z[0], a, state)  # for its shapes alone
    written = [_rows_of(z, row) for row in (state[0], *kept)]
    _, last, written = tf.while_loop(
        lambda t, *_: t < time,
        step,
        (0, state, written),
        maximum_iterations=_time(z),
    )
    return last, [w.stack() for w in written]


def _backward(
    back: Callable[..., tuple[Any, Any, list[Any]]],
    only_adds: bool,
    kept: list[Any],
    d_shown: Any,
    d_state: list[Any],
    U: Any,
    time: Any,
    of: Exact,
) -> tuple[Any, Any, list[Any]]:
    """Give dz_t and da_t of all steps, and the gradient of the first state."""
    transposed = of.transposed(U)

    def retreat(t: Any, d_state: list[Any], written: list[Any]) -> Any:
        d_state = [d_state[0] + d_shown[t], *d_state[1:]]
        d_z, d_a, d_state = back([x[t] for x in kept], d_state)
        d_h = d_state[0] + of.times(of.factor(d_a), transposed)
        made = [d_a] if only_adds else [d_z, d_a]
        return t - 1, [d_h, *d_state[1:]], _write(written, t, made)

    written = [_rows_of(kept[0], kept[0][0]) for _ in range(1 if only_adds else 2)]
    _, d_state, written = tf.while_loop(
        lambda t, *_: t >= 0,
        retreat,
        (time - 1, d_state, written),
        maximum_iterations=_time(kept[0]),
    )
    return written[0].stack(), written[-1].stack(), d_state


def _rows_of(steps: Any, row: Any) -> tf.TensorArray:
    return tf.TensorArray(row.dtype, _time(steps), element_shape=row.shape)


def _write(written: list[Any], t: Any, rows: list[Any]) -> list[Any]:
    return [w.write(t, row) for w, row in zip(written, rows, strict=True)]


def _time(steps: Any) -> Any:
    known = steps.shape[0]
    return tf.shape(steps)[0] if known is None else known
