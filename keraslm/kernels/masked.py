"""A sequence of which some steps are masked: those change nothing.

Math:   s_t = step(x_t, s_{t-1}) where m_t, else s_{t-1}
        y_t = h_t where m_t, else y_{t-1}, or 0 with `zeros`

Before the first step that is not masked y is 0, and on JAX h_0, as Keras's own layers
have it on each back end.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm.cells import Cell
from keraslm.kernels.gates import OPS
from keraslm.kernels.products import product
from keraslm.kernels.sequence import input_products, state_bias


def read_masked(
    cell: Cell,
    inputs: Any,
    state: Sequence[Any],
    weights: Sequence[Any],
    mask: Any,
    zeros: bool = False,
) -> tuple[Any, list[Any]]:
    """Read a sequence as `sequence.read` does, but for the steps where m is false.

    Shapes: mask (batch, time) -> y of all steps (batch, time, units), the last state
    """
    p, b_h = cell.products(weights), state_bias(cell, weights)

    def advance(carried: list[Any], at: Any) -> tuple[list[Any], list[Any]]:
        (*state, y), z, m = carried, at[:, :-1], at[:, -1:] > 0
        a = product(state[0], p.U)
        a = a if b_h is None else a + b_h
        values = cell.advance(z, a, state, OPS, *p.others)
        after = [values[name] for name in cell.states]
        y = ops.where(m, after[0], ops.zeros_like(y) if zeros else y)
        pairs = zip(after, state, strict=True)
        carried = [*(ops.where(m, new, old) for new, old in pairs), y]
        return carried, carried

    z = input_products(cell, inputs, weights)
    m = ops.cast(ops.transpose(mask), z.dtype)[..., None]  # (time, batch, 1)
    on_jax = keras.backend.backend() == "jax"
    first = [*state, state[0] if on_jax else ops.zeros_like(state[0])]
    # as one array: Keras scans several on TensorFlow only if it knows the time
    (*last, _), (*_, shown) = ops.scan(advance, first, ops.concatenate([z, m], axis=-1))
    return ops.transpose(shown, (1, 0, 2)), last
