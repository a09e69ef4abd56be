"""The backward pass through one step of the simple recurrent network."""

from typing import Any

from keras import ops


class SimpleRNNDerivatives:
    """Multiply, in the backward pass, with the derivative that the forward pass kept.

    Math:   da = dh k;   k = 1 - h^2 of a tanh, h (1 - h) of a sigmoid, 1 where linear
    """

    def __init__(self, activation: str) -> None:
        self.activation = activation

    def keep(self, values: dict[str, Any], a: Any, state: Any) -> list[Any]:
        """Give k."""
        h = values["h"]
        slopes = {
            "tanh": lambda: 1 - h * h,
            "sigmoid": lambda: h * (1 - h),
            "linear": lambda: ops.ones_like(h),
        }
        return [slopes[self.activation]()]

    def back(self, kept: list[Any], d_state: list[Any]) -> tuple[Any, Any, list[Any]]:
        """Go back one step."""
        (d_h,) = d_state
        d_a = d_h * kept[0]
        return d_a, d_a, [ops.zeros_like(d_h)]
