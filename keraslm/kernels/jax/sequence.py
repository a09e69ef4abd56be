"""A sequence read on JAX, with a gradient that suits XLA.

As on TensorFlow (see `tensorflow.loop`), the backward pass multiplies what the forward
pass kept, and the gradients of the weights are matrix products after the loop. But z_t
is made step by step: on TensorFlow, z of all steps is one quick product; JAX's are no
quicker for being joined, and z of all steps would be written to memory and read again.
"""

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from keras import ops

from keraslm.cells import Cell
from keraslm.kernels.derivatives import derivatives_of
from keraslm.kernels.gates import OPS


def read(
    cell: Cell, inputs: Any, state: Sequence[Any], weights: Sequence[Any]
) -> tuple[Any, list[Any]]:
    """Do what `kernels.sequence.read` does; see there for the shapes."""
    state = [ops.convert_to_tensor(one) for one in state]
    shown, *last = _run(cell, jnp.swapaxes(inputs, 0, 1), tuple(weights), tuple(state))
    return jnp.swapaxes(shown, 0, 1), last


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _run(cell: Cell, inputs: Any, weights: Any, state: Any) -> tuple[Any, ...]:
    """Give h_t of all steps and the last state.

    Shapes: inputs (time, batch, features), each state (batch, units)
            -> (time, batch, units), each (batch, units)
    """

    def advance(state: list[Any], x: Any) -> tuple[list[Any], Any]:
        values, _ = _values(cell, x, state, weights)
        state = [values[name] for name in cell.states]
        return state, state[0]

    last, shown = jax.lax.scan(advance, list(state), inputs)
    return shown, *last


def _keeping_run(cell: Cell, inputs: Any, weights: Any, state: Any) -> tuple[Any, Any]:
    """Give what `_run` gives, and what the backward pass needs."""
    derivatives = derivatives_of(cell)

    def advance(state: list[Any], x: Any) -> tuple[list[Any], Any]:
        values, a = _values(cell, x, state, weights)
        kept = derivatives.keep(values, a, state)  # type: ignore[union-attr]
        state = [values[name] for name in cell.states]
        return state, (state[0], kept)

    last, (shown, kept) = jax.lax.scan(advance, list(state), inputs)
    before = jnp.concatenate([state[0][None], shown[:-1]])
    return (shown, *last), (inputs, before, kept, weights)


def _gradient(cell: Cell, saved: Any, d_outputs: Any) -> tuple[Any, Any, Any]:
    """Give the gradient of what `_run` takes.

    Math:   dx_t = dz_t W^T,   dW = sum_t x_t^T dz_t,   dU = sum_t h_{t-1}^T da_t
            db = sum_t dz_t,   db_h = sum_t da_t
    """
    inputs, before, kept, weights = saved
    d_shown, *d_last = d_outputs
    derivatives = derivatives_of(cell)
    p, of_weights = jax.vjp(lambda *w: _made(cell, w), *weights)
    W, U, *_ = p

    def retreat(d_state: list[Any], at: Any) -> tuple[list[Any], Any]:
        kept, d_h = at
        d_state = [d_state[0] + d_h, *d_state[1:]]
        d_z, d_a, d_state = derivatives.back(kept, d_state)  # type: ignore[union-attr]
        d_state = [d_state[0] + d_a @ U.T, *d_state[1:]]
        return d_state, [d_a] if cell.only_adds else [d_z, d_a]

    d_first, made = jax.lax.scan(retreat, d_last, (kept, d_shown), reverse=True)
    d_z, d_a = made[0], made[-1]
    sums = [d_z.sum((0, 1)), d_a.sum((0, 1))]
    d_products = (_summed(inputs, d_z), _summed(before, d_a), *sums)
    return d_z @ W.T, of_weights(d_products[: len(p)]), tuple(d_first)


def _summed(x: Any, d: Any) -> Any:
    """Give sum_t x_t^T d_t over all rows.

    Of several devices each adds its own rows; made one matrix before, the rows of all
    would be sent to each.
    """
    return jnp.tensordot(x, d, axes=((0, 1), (0, 1)))


_run.defvjp(_keeping_run, _gradient)


def _values(
    cell: Cell, x: Any, state: Sequence[Any], weights: Any
) -> tuple[dict[str, Any], Any]:
    """Give the values of a step, and a."""
    W, U, b, *b_h = _made(cell, weights)
    a = state[0] @ U
    a = a + b_h[0] if b_h else a
    return cell.advance(x @ W + b, a, state, OPS), a


def _made(cell: Cell, weights: Any) -> tuple[Any, ...]:
    """Give W, U, b and b_h, if there is one."""
    p = cell.products(weights)
    return (p.W, p.U, p.b) if p.b_h is None else (p.W, p.U, p.b, p.b_h)
