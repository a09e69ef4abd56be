"""The gated recurrent unit."""

from typing import Any

import keras

from keraslm.layers.recurrent import Recurrent
from keraslm.layers.squash import Squash


@keras.saving.register_keras_serializable("keraslm")
class GRU(Recurrent):
    """Gated recurrent unit: one gate both keeps the old and lets in the new.

    Math:   z = sigmoid(W_z x + U_z h + b_z)    what to keep
            r = sigmoid(W_r x + U_r h + b_r)    what of h the candidate sees
            g = tanh(W_g x + b_g + r * (U_g h + b'_g))
            h = z * h + (1 - z) * g
    As in Keras's own layer, r is applied after the product with U_g, so that one
    matrix product serves all three.

    Shapes: inputs (batch, time, features) -> (batch, time, units); state h
    References: Cho et al. (2014).
    """

    gates = 3
    adds = False

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.squash = Squash(units, ("sigmoid", "sigmoid"))

    def bias_shape(self) -> tuple[int, ...]:
        """Give two biases, of the input's and of the state's product."""
        return (2, self.gates * self.units)

    def biases(self, bias: Any) -> tuple[Any, Any]:
        """Give b and b'."""
        return bias[0], bias[1]

    def cell(self, z: Any, a: Any, states: list[Any], math: Any) -> list[Any]:
        """Advance h by one step; z = W x + b and a = U h + b'."""
        (h,) = states
        gates = self.squash(z[..., : 2 * self.units] + a[..., : 2 * self.units], math)
        keep, reset = math.split(gates, 2, axis=-1)
        z_new, a_new = z[..., 2 * self.units :], a[..., 2 * self.units :]
        new = math.tanh(z_new + reset * a_new)
        return [keep * h + (1 - keep) * new]
