"""The gated recurrent unit."""

from typing import Any

import keras
from keras import ops

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
    keras_layer = keras.layers.GRU
    torch_name = "gru"

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
        keep, _, new = self._gates(z, a, math)
        return [keep * h + (1 - keep) * new]

    def _gates(self, z: Any, a: Any, math: Any) -> tuple[Any, Any, Any]:
        """Give z, r and g."""
        gates = self.squash(z[..., : 2 * self.units] + a[..., : 2 * self.units], math)
        keep, reset = math.split(gates, 2, axis=-1)
        z_new, a_new = z[..., 2 * self.units :], a[..., 2 * self.units :]
        return keep, reset, math.tanh(z_new + reset * a_new)

    def keeping_cell(
        self, z: Any, a: Any, states: list[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Advance h, and keep the derivatives.

        Math:   k_g = (1 - z) (1 - g^2),   k_z = (h_{t-1} - g) z (1 - z)
                k_r = k_g a_g r (1 - r),   r,   z
        """
        (h,) = states
        keep, reset, new = self._gates(z, a, ops)
        k_g = (1 - keep) * (1 - new * new)
        k_r = k_g * a[..., 2 * self.units :] * reset * (1 - reset)
        k_z = (h - new) * keep * (1 - keep)
        kept = [ops.concatenate([k_z, k_r, k_g], axis=-1), reset, keep]
        return [keep * h + (1 - keep) * new], kept

    def cell_gradient(
        self, kept: list[Any], d_states: list[Any]
    ) -> tuple[Any, Any, list[Any]]:
        """Go back one step.

        Math:   dz = (dh k_z, dh k_r, dh k_g),   da = (dh k_z, dh k_r, dh k_g r)
                dh_{t-1} = dh z
        """
        gates, reset, keep = kept
        (d_h,) = d_states
        d_z = ops.concatenate([d_h, d_h, d_h], axis=-1) * gates
        d_g = d_z[..., 2 * self.units :] * reset
        d_a = ops.concatenate([d_z[..., : 2 * self.units], d_g], axis=-1)
        return d_z, d_a, [d_h * keep]
