"""The backward pass through one step of the GRU that resets after the product."""

from typing import Any

from keras import ops


class GRUDerivatives:
    """Multiply, in the backward pass, with derivatives that the forward pass kept.

    Math:   k_g = (1 - z) (1 - g^2),   k_z = (h_{t-1} - g) z (1 - z)
            k_r = k_g a_g r (1 - r)
            dz = (dh k_z, dh k_r, dh k_g),   da = (dh k_z, dh k_r, dh k_g r)
            dh_{t-1} = dh z
    """

    def keep(self, values: dict[str, Any], a: Any, state: Any) -> list[Any]:
        """Give k_z, k_r, k_g side by side, r and z."""
        z, r, g = (values[name] for name in "zrg")
        (h,) = state
        units = h.shape[-1]
        k_g = (1 - z) * (1 - g * g)
        k_r = k_g * a[..., 2 * units :] * r * (1 - r)
        k_z = (h - g) * z * (1 - z)
        return [ops.concatenate([k_z, k_r, k_g], axis=-1), r, z]

    def back(self, kept: list[Any], d_state: list[Any]) -> tuple[Any, Any, list[Any]]:
        """Go back one step."""
        gates, r, z = kept
        (d_h,) = d_state
        two = 2 * r.shape[-1]
        d_z = ops.concatenate([d_h, d_h, d_h], axis=-1) * gates
        d_a = ops.concatenate([d_z[..., :two], d_z[..., two:] * r], axis=-1)
        return d_z, d_a, [d_h * z]
