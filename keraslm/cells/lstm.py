"""The long short-term memory."""

from collections.abc import Sequence
from typing import Any

from keraslm.cells.cell import Cell, Weight


class LSTM(Cell):
    """Long short-term memory: a cell that keeps what its gates let it keep.

    Math:   i = sigmoid(x W_i + b_i + h U_i)    what to write
            f = sigmoid(x W_f + b_f + h U_f)    what to keep
            g = tanh(x W_g + b_g + h U_g)       the new content
            o = sigmoid(x W_o + b_o + h U_o)    what to show
            c = f * c + i * g
            h = o * tanh(c)
    W = [W_i, W_f, W_g, W_o] and so U and b, as in Keras's own layer.

    Shapes: x (batch, features); h, c (batch, units)
    References: Hochreiter & Schmidhuber (1997); Gers, Schmidhuber & Cummins (2000),
            the forget gate; Jozefowicz, Zaremba & Sutskever (2015), its bias of 1.
    """

    states = ("h", "c")
    blocks = 4
    only_adds = True

    def weights(self, features: int) -> tuple[Weight, ...]:
        """Name W, U and b; b_f is 1: the cell starts by remembering."""
        W, U, b = super().weights(features)
        return W, U, Weight("bias", b.shape, (0.0, 1.0, 0.0, 0.0))

    def advance(
        self, z: Any, a: Any, state: Sequence[Any], gates: Any, *others: Any
    ) -> dict[str, Any]:
        """Give h, c and the gates; z = x W + b and a = h U."""
        _, c = state
        i, f, g, o = gates(z + a, "sigmoid", "sigmoid", "tanh", "sigmoid")
        c = f * c + i * g
        tanh_c = gates.tanh(c)
        h = o * tanh_c
        return {"h": h, "c": c, "i": i, "f": f, "g": g, "o": o, "tanh_c": tanh_c}
