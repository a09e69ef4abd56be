"""Recurrent layers one above the other: what a layer shows is the next one's input."""

from collections.abc import Sequence
from typing import Any

from keraslm.cells.cell import Cell
from keraslm.cells.gates import NUMPY

States = Sequence[Sequence[Any]]
"""Of each layer, from the bottom up, its states."""


def step(
    cells: Sequence[Cell],
    x: Any,
    states: States,
    weights: Sequence[Sequence[Any]],
    residual: bool = False,
    gates: Any = NUMPY,
) -> tuple[Any, list[tuple[Any, ...]]]:
    """Advance every layer by one step; give what the last one shows, and all states.

    Math:   h^l = cell^l(h^{l-1}), and with `residual` h^l + h^{l-1} is handed on
    Shapes: x (batch, features) -> (batch, units), or without batch
    """
    after = []
    for cell, state, own in zip(cells, states, weights, strict=True):
        state = cell.step(x, state, own, gates)
        x = hand_on(x, state[0], residual)
        after.append(state)
    return x, after


def hand_on(x: Any, h: Any, residual: bool) -> Any:
    """Give what a layer hands on: h, or x + h where the two have the same width.

    References: He, Zhang, Ren & Sun (2016), residual connections.
    """
    return x + h if residual and x.shape[-1] == h.shape[-1] else h
