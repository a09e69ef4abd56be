"""The loop over time: the same cell at every step.

Math:   a_t = h_{t-1} U + b_h,   s_t = advance(z_t, a_t, s_{t-1}),   t = 1 .. time
        h is the first of the states s
"""

from collections.abc import Sequence
from typing import Any

from keras import ops

from keraslm.cells import Cell
from keraslm.kernels.gates import OPS
from keraslm.kernels.products import product


def portable_loop(
    cell: Cell,
    z: Any,
    state: Sequence[Any],
    U: Any,
    b_h: Any,
    others: Sequence[Any] = (),
    length: Any = None,
    training: bool = False,
) -> tuple[Any, list[Any]]:
    """Run a cell over a sequence, or its first `length` steps, on any back end.

    h is what the cell shows at each step; behind the length it may be anything.

    Shapes: z (time, batch, blocks x units), each state (batch, units),
            U (units, columns of a), b_h (columns of a,) or None
            -> h of all steps (time, batch, units), the last state
    """

    def advance(state: list[Any], z: Any) -> tuple[list[Any], list[Any]]:
        a = product(state[0], U)
        a = a if b_h is None else a + b_h
        values = cell.advance(z, a, state, OPS, *others)
        state = [values[name] for name in cell.states]
        return state, state

    last, shown = ops.scan(advance, list(state), z)
    if length is not None:
        last = [ops.take(states, length - 1, axis=0) for states in shown]
    return shown[0], last


def first_steps(length: Any, shape: Any) -> Any:
    """Mark the first steps of every row; shapes: -> (batch, time) bool."""
    return ops.broadcast_to(ops.arange(shape[1])[None] < length, shape)
