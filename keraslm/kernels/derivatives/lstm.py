"""The backward pass through one step of the LSTM."""

from typing import Any

from keras import ops


class LSTMDerivatives:
    """Multiply, in the backward pass, with derivatives that the forward pass kept.

    Math:   k_i = g i (1 - i),   k_f = c_{t-1} f (1 - f),   k_g = i (1 - g^2)
            k_o = tanh(c) o (1 - o),   k_c = o (1 - tanh(c)^2)
            dc += dh k_c,   da = (dc k_i, dc k_f, dc k_g, dh k_o),   dc_{t-1} = dc f
    """

    def keep(self, values: dict[str, Any], a: Any, state: Any) -> list[Any]:
        """Give k_i, k_f, k_g, k_o side by side, k_c and f."""
        i, f, g, o = (values[name] for name in "ifgo")
        tanh_c, before = values["tanh_c"], state[1]
        gates = [
            g * i * (1 - i),
            before * f * (1 - f),
            i * (1 - g * g),
            tanh_c * o * (1 - o),
        ]
        return [ops.concatenate(gates, axis=-1), o * (1 - tanh_c * tanh_c), f]

    def back(self, kept: list[Any], d_state: list[Any]) -> tuple[Any, Any, list[Any]]:
        """Go back one step."""
        gates, k_c, f = kept
        d_h, d_c = d_state
        d_c = d_c + d_h * k_c
        d_a = ops.concatenate([d_c, d_c, d_c, d_h], axis=-1) * gates
        return d_a, d_a, [ops.zeros_like(d_h), d_c * f]
