"""The simple recurrent network."""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers.recurrent import Recurrent

ACTIVATIONS = ("tanh", "sigmoid")


@keras.saving.register_keras_serializable("keraslm")
class SimpleRNN(Recurrent):
    """Simple recurrent network: the same weights at each step.

    Math:   h = g(W x + U h + b),   g = tanh or sigmoid
    Shapes: inputs (batch, time, features) -> (batch, time, units); state h
    Raises: UsageError for another activation.
    References: Elman (1990); Mikolov et al. (2010), as a language model.
    """

    def __init__(self, units: int, activation: str = "tanh", **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        if activation not in ACTIVATIONS:
            raise UsageError(
                f"activation must be tanh or sigmoid; received {activation!r}"
            )
        self.activation = activation
        self.torch_name = "rnn_tanh" if activation == "tanh" else ""

    def cell(self, z: Any, a: Any, states: list[Any], math: Any) -> list[Any]:
        """Advance h by one step; z = W x + b and a = U h."""
        return [getattr(math, self.activation)(z + a)]

    def keeping_cell(
        self, z: Any, a: Any, states: list[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Advance h, and keep the derivative.

        Math:   k = 1 - h^2 of a tanh,   k = h (1 - h) of a sigmoid
        """
        (h,) = self.cell(z, a, states, ops)
        return [h], [1 - h * h if self.activation == "tanh" else h * (1 - h)]

    def cell_gradient(
        self, kept: list[Any], d_states: list[Any]
    ) -> tuple[Any, Any, list[Any]]:
        """Go back one step: da = dh k."""
        (d_h,) = d_states
        d_a = d_h * kept[0]
        return d_a, d_a, [ops.zeros_like(d_h)]

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "activation": self.activation}
