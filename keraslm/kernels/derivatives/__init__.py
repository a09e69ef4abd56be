"""The derivatives of a cell's step by hand, where they are faster than automatic ones.

Each is made of the values that the cell's `advance` gives: the step itself stands in
`keraslm.cells` alone. A cell without a page here is differentiated by the back end.
"""

from typing import Any, Protocol

from keraslm import cells
from keraslm.kernels.derivatives.gru import GRUDerivatives
from keraslm.kernels.derivatives.lstm import LSTMDerivatives
from keraslm.kernels.derivatives.simple_rnn import SimpleRNNDerivatives


class Derivatives(Protocol):
    """The backward pass through one step."""

    def keep(self, values: dict[str, Any], a: Any, state: Any) -> list[Any]:
        """Give what the backward pass multiplies with, each (batch, n x units)."""

    def back(self, kept: list[Any], d_state: list[Any]) -> tuple[Any, Any, list[Any]]:
        """Give dz, da and the gradient of the state before the step.

        Without what h_{t-1} did through a. Where the cell only adds z and a, dz is da.
        """


def derivatives_of(cell: cells.Cell) -> Derivatives | None:
    """Give the derivatives of a cell, or None where the back end shall find them."""
    if type(cell) is cells.LSTM:
        return LSTMDerivatives()
    if type(cell) is cells.GRU and cell.reset_after:
        return GRUDerivatives()
    if type(cell) is cells.SimpleRNN:
        return SimpleRNNDerivatives(cell.activation)
    return None
