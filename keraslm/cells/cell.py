"""One step of a recurrent network: the equations, without a framework.

Math:   z = x W + b,   a = h U,   (h, ..) = advance(z, a, (h, ..))
"""

import abc
import dataclasses
from collections.abc import Sequence
from typing import Any

from keraslm.cells.gates import NUMPY
from keraslm.errors import UsageError


@dataclasses.dataclass(frozen=True)
class Weight:
    """A weight that a cell asks for.

    `start` is the name of a Keras initializer, or a number for each block of units.
    """

    name: str
    shape: tuple[int, ...]
    start: str | tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Products:
    """The weights of a cell by what they do: z = x W + b and a = h U + b_h.

    `others` are what the cell's equations use besides z and a. b_h is None where the
    state's product has no bias of its own.
    """

    W: Any
    U: Any
    b: Any
    b_h: Any = None
    others: Sequence[Any] = ()

    def sums(self, x: Any, h: Any) -> tuple[Any, Any]:
        """Give z and a; shapes: x (.., features), h (.., units) -> each (.., width)."""
        z = x @ self.W + self.b
        a = h @ self.U
        return z, a if self.b_h is None else a + self.b_h


class Cell(abc.ABC):
    """A cell: its weights, its states, and how a step changes them.

    A subclass gives `advance`, the equations; `states`, the names of what a step hands
    on, h first; `blocks`, how many blocks of `units` columns W and U have. A cell with
    more weights than W, U and b adds them to `weights`.

    Shapes: x (batch, features), each state (batch, units)
    Raises: UsageError if units < 1.
    """

    states: tuple[str, ...] = ("h",)
    blocks: int = 1
    only_adds: bool = False
    """Whether `advance` uses nothing of z and a but their sum."""

    def __init__(self, units: int) -> None:
        if units < 1:
            raise UsageError(f"units must be 1 or more; received {units}")
        self.units = units

    def weights(self, features: int) -> tuple[Weight, ...]:
        """Name W, U and b, their shapes, and what they start from.

        W starts with the variance 1 / features, so that W x varies as x does.
        References: LeCun, Bottou, Orr & Mueller (1998), W; Saxe, McClelland & Ganguli
                (2014), an orthogonal U.
        """
        width = self.blocks * self.units
        return (
            Weight("kernel", (features, width), "lecun_uniform"),
            Weight("recurrent_kernel", (self.units, width), "orthogonal"),
            Weight("bias", (width,), "zeros"),
        )

    def products(self, weights: Sequence[Any]) -> Products:
        """Say which of the weights make z and a, and which are left for `advance`."""
        W, U, b, *others = weights
        return Products(W, U, b, None, others)

    def step(
        self, x: Any, state: Sequence[Any], weights: Sequence[Any], gates: Any = NUMPY
    ) -> tuple[Any, ...]:
        """Advance the state by one input.

        Shapes: x (batch, features), each state (batch, units); or of one text alone
                (features,), (units,)
        """
        values = self.values(x, state, weights, gates)
        return tuple(values[name] for name in self.states)

    def values(
        self, x: Any, state: Sequence[Any], weights: Sequence[Any], gates: Any = NUMPY
    ) -> dict[str, Any]:
        """Give all values of a step by name, as `advance` does; shapes as in `step`."""
        p = self.products(weights)
        z, a = p.sums(x, state[0])
        return self.advance(z, a, state, gates, *p.others)

    @abc.abstractmethod
    def advance(
        self, z: Any, a: Any, state: Sequence[Any], gates: Any, *others: Any
    ) -> dict[str, Any]:
        """Give the values of one step by name, among them those in `states`.

        `gates` has the activations `sigmoid`, `tanh` and `linear`, and applies several
        at once: `i, g = gates(z + a, "sigmoid", "tanh")`.
        """

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make the same cell."""
        return {"units": self.units}
