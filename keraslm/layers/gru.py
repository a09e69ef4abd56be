"""The gated recurrent unit."""

from typing import Any

import keras

from keraslm.layers.recurrent import Recurrent


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

    def bias_shape(self) -> tuple[int, ...]:
        """Give two biases, of the input's and of the state's product."""
        return (2, self.gates * self.units)

    def biases(self, bias: Any) -> tuple[Any, Any]:
        """Give b and b'."""
        return bias[0], bias[1]

    def cell(self, z: Any, a: Any, states: list[Any], math: Any) -> list[Any]:
        """Advance h by one step; z = W x + b and a = U h + b'."""
        (h,) = states
        z_keep, z_reset, z_new = math.split(z, 3, axis=-1)
        a_keep, a_reset, a_new = math.split(a, 3, axis=-1)
        keep = math.sigmoid(z_keep + a_keep)
        reset = math.sigmoid(z_reset + a_reset)
        new = math.tanh(z_new + reset * a_new)
        return [keep * h + (1 - keep) * new]
