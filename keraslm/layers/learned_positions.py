"""Positions as vectors that training finds."""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError


@keras.saving.register_keras_serializable("keraslm")
class LearnedPositions(keras.layers.Layer):
    """Add to each vector that of its position; there are as many as `length`.

    Math:   y_p = x_p + P[p],   p = 0 .. length - 1
    Shapes: (batch, time, width), time <= length -> the same
    Raises: UsageError if length < 1, or for a longer sequence where its length is
            known; in a compiled graph of any length, the back end refuses it.
    References: Gehring, Auli, Grangier, Yarats & Dauphin (2017).
    """

    def __init__(self, length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if length < 1:
            raise UsageError(f"length must be 1 or more; received {length}")
        self.length = length
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make P (length, width), from N(0, 0.02^2)."""
        start = keras.initializers.RandomNormal(0.0, 0.02)
        shape = (self.length, input_shape[-1])
        self.positions = self.add_weight(shape, initializer=start, name="positions")

    def call(self, x: Any) -> Any:
        """Give x + P."""
        time = x.shape[1]
        if time is not None and time > self.length:
            raise UsageError(
                f"there are {self.length} learned positions; received a sequence of "
                f"{time}: give shorter ones, or a larger `length`"
            )
        return x + self.positions[: ops.shape(x)[1]]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the same shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "length": self.length}
