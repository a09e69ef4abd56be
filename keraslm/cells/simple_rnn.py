"""The simple recurrent network."""

from collections.abc import Sequence
from typing import Any

from keraslm.cells.cell import Cell
from keraslm.cells.gates import ACTIVATIONS
from keraslm.errors import UsageError


class SimpleRNN(Cell):
    """The same weights at each step; `linear` shows what they do without a squash.

    Math:   h = g(x W + b + h U),   g = tanh, sigmoid or linear
    Shapes: x (batch, features), h (batch, units)
    Raises: UsageError for another activation.
    References: Elman (1990); Mikolov et al. (2010), as a language model.
    """

    states = ("h",)
    blocks = 1
    only_adds = True

    def __init__(self, units: int, activation: str = "tanh") -> None:
        super().__init__(units)
        if activation not in ACTIVATIONS:
            raise UsageError(
                f"activation must be tanh, sigmoid or linear; received {activation!r}; "
                "keras.layers.SimpleRNN has others"
            )
        self.activation = activation

    def advance(
        self, z: Any, a: Any, state: Sequence[Any], gates: Any, *others: Any
    ) -> dict[str, Any]:
        """Give h; z = x W + b and a = h U."""
        g = getattr(gates, self.activation)
        h = g(z + a)
        return {"h": h}

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make the same cell."""
        return {**super().get_config(), "activation": self.activation}
