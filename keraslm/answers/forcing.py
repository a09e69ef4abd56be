"""A step of recurrent layers with some of its values forced.

The equations stay the cells' own: they are given activations that put a forced value
in the place of a gate, and what is handed on is replaced after the step.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from keraslm.cells import GRU, LSTM, SimpleRNN, stack
from keraslm.cells.cell import Cell
from keraslm.cells.gates import NUMPY
from keraslm.inference.network import Array
from keraslm.inference.recurrent import RecurrentNetwork

Range = tuple[float, float] | None
RANGES: dict[str, Range] = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "linear": None}


class Put(NamedTuple):
    """A value in the place of some of those of a name.

    Shapes: `index` selects from (units,), or from (rows, units)
    """

    name: str
    index: Any
    value: float


class Step(NamedTuple):
    """What a step of all layers computed.

    Shapes: each value (units,) or (rows, units); `shown`, what the last layer hands on
    """

    layers: list[dict[str, Array]]
    shown: Array


class _Results:
    """A cell's activations, whose results can be kept or replaced in their order."""

    def __call__(self, x: Any, *activations: str) -> list[Any]:
        results = zip(activations, NUMPY(x, *activations), strict=True)
        return [self.result(name, y) for name, y in results]

    def sigmoid(self, x: Any) -> Any:
        return self._one("sigmoid", x)

    def tanh(self, x: Any) -> Any:
        return self._one("tanh", x)

    def linear(self, x: Any) -> Any:
        return self._one("linear", x)

    def _one(self, name: str, x: Any) -> Any:
        return self.result(name, getattr(NUMPY, name)(self.argument(x)))

    def argument(self, x: Any) -> Any:
        return x

    def result(self, activation: str, y: Any) -> Any:
        return y


class _Kept(_Results):
    """Keep every result, and the argument that it is of where it has its own."""

    def __init__(self) -> None:
        self.results: list[tuple[str, Any]] = []
        self.arguments: dict[int, Any] = {}

    def argument(self, x: Any) -> Any:
        self.arguments[len(self.results)] = x
        return x

    def result(self, activation: str, y: Any) -> Any:
        self.results.append((activation, y))
        return y


class _Replaced(_Results):
    """Replace the results, and the arguments, that bear the name of a forced value."""

    def __init__(self, names: "Names", puts: Sequence[Put]) -> None:
        self._names, self._puts, self._number = names, puts, 0

    def argument(self, x: Any) -> Any:
        return replaced(x, self._names.arguments.get(self._number), self._puts)

    def result(self, activation: str, y: Any) -> Any:
        name = self._names.results.get(self._number)
        self._number += 1
        return replaced(y, name, self._puts)


@dataclasses.dataclass(frozen=True)
class Names:
    """The values of a cell, and where its equations compute those that can be forced.

    `results` and `arguments` name those of the activations, by the activations' order.
    `ranges` has the least and greatest of every value by name, None without bounds.
    """

    results: dict[int, str]
    arguments: dict[int, str]
    ranges: dict[str, Range]

    def can_force(self, name: str) -> bool:
        """Tell whether a value can be forced: h, and what the activations show."""
        shown = {*self.results.values(), *self.arguments.values()}
        return name == "h" or name in shown


def names_of(cell: Cell, weights: Sequence[Array]) -> Names:
    """Find out by a step which of a cell's values are results of its activations.

    A state besides h can be forced in the library's own cells alone: in others, the
    equations may use it in places that cannot be seen.
    """
    kept = _Kept()
    x = np.zeros(len(cell.products(weights).W), np.float32)
    values = cell.values(x, zeros(cell), weights, kept)
    results: dict[int, str] = {}
    arguments: dict[int, str] = {}
    ranges: dict[str, Range] = {}
    is_own = type(cell) in (SimpleRNN, GRU, LSTM)
    for name, value in values.items():
        if "_" in name:  # a step on the way to another value, as tanh_c
            continue
        ranges[name] = RANGES["tanh"] if is_own and name == "h" else None
        for number, (activation, y) in enumerate(kept.results):
            if y is value:
                results[number], ranges[name] = name, RANGES[activation]
            elif is_own and kept.arguments.get(number) is value:
                arguments[number] = name
    return Names(results, arguments, ranges)


def zeros(cell: Cell) -> tuple[Array, ...]:
    """Give the states before a text."""
    return tuple(np.zeros(cell.units, np.float32) for _ in cell.states)


def replaced(y: Any, name: str | None, puts: Sequence[Put]) -> Any:
    """Give y with the values that are put in its place, if it has their name."""
    for put in puts:
        if put.name == name:
            y = y.copy()
            y[put.index] = put.value
    return y


def values_of_step(
    network: RecurrentNetwork,
    x: Array,
    before: Step | None,
    puts: Mapping[int, Sequence[Put]] | None = None,
    names: Sequence[Names] = (),
) -> Step:
    """Read the vector of a token, and give every value of every layer.

    `puts` has the values forced in a layer, by its number from 0.
    Shapes: x (width,) or (rows, width)
    """
    layers = []
    for number, (cell, weights) in enumerate(
        zip(network.cells, network.cell_weights, strict=True)
    ):
        if before is None:
            state = zeros(cell)
        else:
            state = tuple(before.layers[number][name] for name in cell.states)
        own = (puts or {}).get(number, ())
        gates = _Replaced(names[number], own) if own else NUMPY
        values = cell.values(x, state, weights, gates)
        for name in cell.states:
            values[name] = replaced(values[name], name, own)
        x = stack.hand_on(x, values[cell.states[0]], network.residual)
        layers.append(values)
    return Step(layers, x)
