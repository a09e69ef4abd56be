"""The simple recurrent network."""

from typing import Any

import keras

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

    def cell(self, z: Any, a: Any, states: list[Any], math: Any) -> list[Any]:
        """Advance h by one step; z = W x + b and a = U h."""
        return [getattr(math, self.activation)(z + a)]

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "activation": self.activation}
