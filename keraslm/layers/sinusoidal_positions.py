"""Positions as waves that are added to the vectors."""

from typing import Any

import keras
from keras import ops

from keraslm.layers.rotary_positions import check_even, rotations


@keras.saving.register_keras_serializable("keraslm")
class SinusoidalPositions(keras.layers.Layer):
    """Add to each vector sines and cosines of its position, from fast to slow.

    Math:   y_p = x_p + [sin pw_1, .., sin pw_h, cos pw_1, .., cos pw_h]
            w_k = 10000^(-2k/width),  p = 0, 1, ..;  h = width / 2
    The paper lays sines and cosines in turn, which is a permutation of the same.

    Shapes: (batch, time, width) -> the same
    Raises: UsageError if the width is odd.
    References: Vaswani et al. (2017).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Look at the width; there is nothing to make."""
        check_even(input_shape[-1] or 1)

    def call(self, x: Any) -> Any:
        """Give x and the waves."""
        cosines, sines = rotations(ops.shape(x)[1], x.shape[-1])
        return x + ops.cast(ops.concatenate([sines, cosines], axis=-1), x.dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the same shape."""
        return input_shape
