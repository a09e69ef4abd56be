"""The gated recurrent unit."""

from collections.abc import Sequence
from typing import Any

from keraslm.cells.cell import Cell, Products, Weight


class GRU(Cell):
    """Gated recurrent unit: one gate both keeps the old and lets in the new.

    Math:   z = sigmoid(x W_z + b_z + h U_z)            what to keep
            r = sigmoid(x W_r + b_r + h U_r)            what of h the candidate sees
            g = tanh(x W_g + b_g + (r * h) U_g)         the candidate
            h = z * h + (1 - z) * g
    With `reset_after`, Keras's default, r comes after the product, so that one matrix
    product serves all three, and the state's product has a bias of its own:

            g = tanh(x W_g + b_g + r * (h U_g + b'_g)),   z and r with b' likewise
    On other pages z and 1 - z change places.

    Shapes: x (batch, features), h (batch, units)
    References: Cho et al. (2014).
    """

    states = ("h",)
    blocks = 3

    def __init__(self, units: int, reset_after: bool = True) -> None:
        super().__init__(units)
        self.reset_after = reset_after

    def weights(self, features: int) -> tuple[Weight, ...]:
        """Name W, U and b; with `reset_after` b has two rows, b and b'."""
        W, U, b = super().weights(features)
        if self.reset_after:
            b = Weight("bias", (2, *b.shape), "zeros")
        return W, U, b

    def products(self, weights: Sequence[Any]) -> Products:
        """Give b and b'; without `reset_after`, U_g is left for `advance`."""
        W, U, b = weights
        if self.reset_after:
            return Products(W, U, b[0], b[1])
        return Products(W, U[:, : 2 * self.units], b, None, [U[:, 2 * self.units :]])

    def advance(
        self, z: Any, a: Any, state: Sequence[Any], gates: Any, *others: Any
    ) -> dict[str, Any]:
        """Give h and the gates; z = x W + b and a = h U + b'."""
        (h,) = state
        two = 2 * self.units
        x_g, h_g = z[..., two:], a[..., two:]
        z, r = gates(z[..., :two] + a[..., :two], "sigmoid", "sigmoid")
        if self.reset_after:
            g = gates.tanh(x_g + r * h_g)
        else:
            (U_g,) = others
            g = gates.tanh(x_g + (r * h) @ U_g)
        h = z * h + (1 - z) * g
        return {"h": h, "z": z, "r": r, "g": g}

    def get_config(self) -> dict[str, Any]:
        """Give the arguments that make the same cell."""
        return {**super().get_config(), "reset_after": self.reset_after}
