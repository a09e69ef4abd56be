"""The loop over time on JAX, with a gradient that suits XLA.

As on TensorFlow (see `tensorflow_scan`), the way back multiplies what the way there
kept, and the gradients of the weights are matrix products after the loop. But z_t is
made step by step: there, z of all steps is one quick product; JAX's are no quicker for
being joined, and z of all steps would have to be written to memory and read again.
"""

import functools
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from keras import ops

from keraslm.layers.products import rows

if TYPE_CHECKING:
    from keraslm.layers.recurrent import Recurrent


def jax_sequence(
    layer: "Recurrent", inputs: Any, states: list[Any], weights: list[Any]
) -> tuple[Any, list[Any]]:
    """Do what `sequence.read` does; see there for the shapes."""
    given = map(ops.convert_to_tensor, (*weights, *states))
    shown, *last = _run(layer, jnp.swapaxes(inputs, 0, 1), *given)
    return jnp.swapaxes(shown, 0, 1), last


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def _run(layer: "Recurrent", steps: Any, *arrays: Any) -> tuple[Any, ...]:
    """Give h_t of all steps and the last states.

    Shapes: steps x (time, batch, features); W, U, b and the first states
            -> (time, batch, units), each (batch, units)
    """
    *weights, first = _sorted(arrays)

    def advance(states: list[Any], x: Any) -> tuple[list[Any], Any]:
        z, a = _products(layer, x, states[0], *weights)
        states = layer.cell(z, a, states, ops)
        return states, states[0]

    last, shown = jax.lax.scan(advance, first, steps)
    return shown, *last


def _keeping_run(layer: "Recurrent", steps: Any, *arrays: Any) -> tuple[Any, Any]:
    """Give what `_run` gives, and what the way back needs."""
    *weights, first = _sorted(arrays)

    def advance(states: list[Any], x: Any) -> tuple[list[Any], Any]:
        z, a = _products(layer, x, states[0], *weights)
        states, kept = layer.keeping_cell(z, a, states)
        return states, (states[0], kept)

    last, (shown, kept) = jax.lax.scan(advance, first, steps)
    before = jnp.concatenate([first[0][None], shown[:-1]])
    return (shown, *last), (steps, before, kept, weights)


def _gradient(layer: "Recurrent", saved: Any, d_outputs: Any) -> tuple[Any, ...]:
    """Give the gradient of what `_run` takes.

    Math:   dx_t = dz_t W^T,   dW = sum_t x_t^T dz_t,   dU = sum_t h_{t-1}^T da_t
            db = sum_t dz_t,   db' = sum_t da_t
    """
    steps, before, kept, (kernel, recurrent, bias) = saved
    d_shown, *d_last = d_outputs

    def retreat(d_states: list[Any], at: Any) -> tuple[list[Any], Any]:
        kept, d_h = at
        d_states = [d_states[0] + d_h, *d_states[1:]]
        d_z, d_a, d_states = layer.cell_gradient(kept, d_states)
        d_states = [d_states[0] + d_a @ recurrent.T, *d_states[1:]]
        return d_states, [d_a] if layer.adds else [d_z, d_a]

    d_first, made = jax.lax.scan(retreat, d_last, (kept, d_shown), reverse=True)
    d_z, d_a = made[0], made[-1]
    _, of_biases = jax.vjp(layer.biases, bias)
    (d_bias,) = of_biases((d_z.sum((0, 1)), d_a.sum((0, 1))))
    d_kernel = rows(steps).T @ rows(d_z)
    d_recurrent = rows(before).T @ rows(d_a)
    return d_z @ kernel.T, d_kernel, d_recurrent, d_bias, *d_first


_run.defvjp(_keeping_run, _gradient)


def _products(
    layer: "Recurrent", x: Any, h: Any, kernel: Any, recurrent: Any, bias: Any
) -> tuple[Any, Any]:
    """Give z = W x + b and a = U h + b'; b is left out where the cell adds both."""
    of_input, of_state = layer.biases(bias)
    z = x @ kernel if layer.adds else x @ kernel + of_input
    return z, h @ recurrent + of_state


def _sorted(arrays: tuple[Any, ...]) -> tuple[Any, Any, Any, list[Any]]:
    kernel, recurrent, bias, *first = arrays
    return kernel, recurrent, bias, first
