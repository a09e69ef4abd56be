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

    def bias_shape(self) -> tuple[int, ...]:
        """Give two biases, of the input's and of the state's product."""
        return (2, self.gates * self.units)

    def project(self, inputs: Any, kernel: Any, bias: Any, math: Any) -> Any:
        """Multiply the inputs of all steps with W at once."""
        return math.matmul(inputs, kernel) + bias[0]

    def cell(
        self, z: Any, states: list[Any], recurrent: Any, bias: Any, math: Any
    ) -> list[Any]:
        """Advance h by one step; z is W x + b."""
        (h,) = states
        x_z, x_r, x_g = math.split(z, 3, axis=-1)
        h_z, h_r, h_g = math.split(math.matmul(h, recurrent) + bias[1], 3, axis=-1)
        keep = math.sigmoid(x_z + h_z)
        reset = math.sigmoid(x_r + h_r)
        candidate = math.tanh(x_g + reset * h_g)
        return [keep * h + (1 - keep) * candidate]
