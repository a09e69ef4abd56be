"""The long short-term memory."""

from typing import Any

import keras
from keras import ops

from keraslm.layers.recurrent import Recurrent
from keraslm.layers.squash import Squash


@keras.saving.register_keras_serializable("keraslm")
class LSTM(Recurrent):
    """Long short-term memory: a cell that keeps what its gates let it keep.

    Math:   i = sigmoid(W_i x + U_i h + b_i)    what to write
            f = sigmoid(W_f x + U_f h + b_f)    what to keep
            g = tanh(W_g x + U_g h + b_g)       the new content
            o = sigmoid(W_o x + U_o h + b_o)    what to show
            c = f * c + i * g
            h = o * tanh(c)
    Shapes: inputs (batch, time, features) -> (batch, time, units); states h and c
    References: Hochreiter & Schmidhuber (1997); Gers, Schmidhuber & Cummins (2000),
            the forget gate; Jozefowicz, Zaremba & Sutskever (2015), its bias of 1.
    """

    gates = 4
    states = 2
    keras_layer = keras.layers.LSTM
    torch_name = "lstm"

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.squash = Squash(units, ("sigmoid", "sigmoid", "tanh", "sigmoid"))

    def bias_initializer(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        """Start the forget gate's bias at 1: the cell starts by remembering."""
        zeros = ops.zeros((self.units,), dtype)
        return ops.concatenate([zeros, ops.ones_like(zeros), zeros, zeros])

    def cell(self, z: Any, a: Any, states: list[Any], math: Any) -> list[Any]:
        """Advance h and c by one step; z = W x + b and a = U h."""
        _, c = states
        i, f, g, o = math.split(self.squash(z + a, math), 4, axis=-1)
        c = f * c + i * g
        h = o * math.tanh(c)
        return [h, c]

    def keeping_cell(
        self, z: Any, a: Any, states: list[Any]
    ) -> tuple[list[Any], list[Any]]:
        """Advance h and c, and keep the derivatives.

        Math:   k_i = g i (1 - i),   k_f = c_{t-1} f (1 - f),   k_g = i (1 - g^2)
                k_o = tanh(c) o (1 - o),   k_c = o (1 - tanh(c)^2),   f
        """
        _, before = states
        i, f, g, o = ops.split(self.squash(z + a, ops), 4, axis=-1)
        c = f * before + i * g
        shown = ops.tanh(c)
        gates = [
            g * i * (1 - i),
            before * f * (1 - f),
            i * (1 - g * g),
            shown * o * (1 - o),
        ]
        kept = [ops.concatenate(gates, axis=-1), o * (1 - shown * shown), f]
        return [o * shown, c], kept

    def cell_gradient(
        self, kept: list[Any], d_states: list[Any]
    ) -> tuple[Any, Any, list[Any]]:
        """Go back one step.

        Math:   dc = dc + dh k_c,   da = (dc k_i, dc k_f, dc k_g, dh k_o)
                dc_{t-1} = dc f
        """
        gates, k_c, f = kept
        d_h, d_c = d_states
        d_c = d_c + d_h * k_c
        d_a = ops.concatenate([d_c, d_c, d_c, d_h], axis=-1) * gates
        return d_a, d_a, [ops.zeros_like(d_h), d_c * f]
