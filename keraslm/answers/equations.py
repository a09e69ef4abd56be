"""A unit's equations at a token, with the numbers put in.

An equation is the line of its cell's docstring, and the same line in pieces: signs as
text, quantities as numbers. Every number is one of the cell's own step.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from keraslm.answers.forcing import Step, zeros
from keraslm.answers.reading import Inside
from keraslm.cells import GRU, LSTM, SimpleRNN, stack
from keraslm.cells.cell import Cell
from keraslm.inference.network import Array

Piece = str | float
STRONGEST = 5


class Line(NamedTuple):
    """An equation of one unit: the formula, the numbers in it, what comes out."""

    name: str
    formula: str
    pieces: list[Piece]
    value: float


class Numbers(NamedTuple):
    """What the equations of one unit are made of.

    `z` and `a` have a number a block of W and of U, as x W + b and h U; `before` has
    the states before the token, `now` all values after it. `reset` is (r * h) U_g of a
    GRU without `reset_after`.
    """

    z: list[float]
    a: list[float]
    before: Mapping[str, float]
    now: Mapping[str, float]
    reset: float = 0.0


def unit_at(
    inside: Inside,
    ids: Sequence[int],
    steps: Sequence[Step],
    layer: int,
    unit: int,
    place: int,
) -> dict[str, Any]:
    """Give the equations of a unit of a layer at the token of number `place`.

    `drivers` are the units whose h before the token adds most to the unit's h U, with
    what each adds in every block. A cell of a user's own has values, and no lines.
    """
    network = inside.network
    cell, weights = network.cells[layer - 1], network.cell_weights[layer - 1]
    x, state = _inputs(inside, ids, steps, layer, place)
    products = cell.products(weights)
    z, a = products.sums(x, state[0])
    values = steps[place].layers[layer - 1]
    numbers = Numbers(
        z[unit :: cell.units].tolist(),
        a[unit :: cell.units].tolist(),
        {n: float(s[unit]) for n, s in zip(cell.states, state, strict=True)},
        {name: float(value[unit]) for name, value in values.items()},
    )
    if isinstance(cell, GRU) and not cell.reset_after:
        reset = (values["r"] * state[0]) @ products.others[0]
        numbers = numbers._replace(reset=float(reset[unit]))
    return {
        "lines": [line._asdict() for line in lines(cell, numbers)],
        "before": numbers.before,
        "now": numbers.now,
        "drivers": _drivers(state[0], products.U[:, unit :: cell.units]),
    }


def _inputs(
    inside: Inside, ids: Sequence[int], steps: Sequence[Step], layer: int, place: int
) -> tuple[Array, tuple[Array, ...]]:
    """Give what a layer reads at a token, and its states before."""
    network = inside.network
    x: Array = inside.vectors(ids, place)[0]
    for values in steps[place].layers[: layer - 1]:
        x = stack.hand_on(x, values["h"], network.residual)
    cell = network.cells[layer - 1]
    if not place:
        return x, zeros(cell)
    before = steps[place - 1].layers[layer - 1]
    return x, tuple(before[name] for name in cell.states)


def _drivers(h: Array, columns: Array) -> list[dict[str, Any]]:
    added = h[:, None] * columns
    strongest = np.argsort(-np.abs(added).max(axis=1), kind="stable")[:STRONGEST]
    return [
        {"unit": int(u), "h": float(h[u]), "adds": added[u].tolist()} for u in strongest
    ]


def lines(cell: Cell, numbers: Numbers) -> list[Line]:
    """Give the equations of the library's own cells, in the order of their steps."""
    if isinstance(cell, LSTM):
        return _lstm(numbers)
    if isinstance(cell, GRU):
        return _gru(numbers, cell.reset_after)
    if isinstance(cell, SimpleRNN):
        return [_gate(numbers, 0, "h", cell.activation, "x W + b + h U")]
    return []


def _lstm(n: Numbers) -> list[Line]:
    squash = {"i": "sigmoid", "f": "sigmoid", "g": "tanh", "o": "sigmoid"}
    gates = [
        _gate(n, k, name, squash[name], f"x W_{name} + b_{name} + h U_{name}")
        for k, name in enumerate(squash)
    ]
    i, f, g, o, c = (n.now[name] for name in "ifgoc")
    kept: list[Piece] = [f, " * ", n.before["c"], " + ", i, " * ", g]
    shown: list[Piece] = [o, " * tanh(", c, ")"]
    return [
        *gates,
        Line("c", "c = f * c + i * g", kept, c),
        Line("h", "h = o * tanh(c)", shown, n.now["h"]),
    ]


def _gru(n: Numbers, reset_after: bool) -> list[Line]:
    of_state = " + b'_{0}" if reset_after else ""
    sums = "x W_{0} + b_{0} + h U_{0}" + of_state
    gates = [
        _gate(n, k, name, "sigmoid", sums.format(name)) for k, name in enumerate("zr")
    ]
    z, r, g, h = (n.now[name] for name in "zrgh")
    if reset_after:
        formula = "g = tanh(x W_g + b_g + r * (h U_g + b'_g))"
        seen: list[Piece] = ["tanh(", n.z[2], " + ", r, " * ", n.a[2], ")"]
    else:
        formula = "g = tanh(x W_g + b_g + (r * h) U_g)"
        seen = ["tanh(", n.z[2], " + ", n.reset, ")"]
    mixed: list[Piece] = [z, " * ", n.before["h"], " + (1 - ", z, ") * ", g]
    return [
        *gates,
        Line("g", formula, seen, g),
        Line("h", "h = z * h + (1 - z) * g", mixed, h),
    ]


def _gate(n: Numbers, block: int, name: str, squash: str, sums: str) -> Line:
    pieces: list[Piece] = [f"{squash}(", n.z[block], " + ", n.a[block], ")"]
    return Line(name, f"{name} = {squash}({sums})", pieces, n.now[name])
