"""Positions as rotations: products then tell how far apart two vectors stand."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keraslm.errors import UsageError
from keraslm.inference.rotation import frequencies, halves_rotated


@keras.saving.register_keras_serializable("keraslm")
class RotaryPositions(keras.layers.Layer):
    """Turn the vector at each position by angles that grow with the position.

    Math:   (a_k, b_k) -> (a_k cos pw_k - b_k sin pw_k,  a_k sin pw_k + b_k cos pw_k)
            w_k = 10000^(-2k/width),  p = 0, 1, ..;  a, b the halves of the vector
            so that q' . k' depends on q, k and the distance of their positions alone
    Shapes: (batch, time, heads, width) or (batch, time, width) -> the same
    Raises: UsageError if the width is odd.
    References: Su, Lu, Pan, Murtadha, Wen & Liu (2021).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Look at the width; there is nothing to make."""
        check_even(input_shape[-1] or 1)

    def call(self, x: Any) -> Any:
        """Turn the first position by nothing, the next by w, then 2 w, .."""
        return rotated(x, *rotations(ops.shape(x)[1], x.shape[-1]))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the same shape."""
        return input_shape


def rotations(number: Any, width: int) -> tuple[Any, Any]:
    """Give the cosines and sines of the first positions.

    The angles are made in float64: float32 has but three digits of an angle left at
    position 10,000.

    Shapes: -> two arrays (number, width / 2) in float32
    """
    if isinstance(number, int):
        angles = np.arange(number)[:, None] * frequencies(width)
        pair = np.cos(angles), np.sin(angles)
    else:  # a graph of TensorFlow, which learns of it later
        places = ops.cast(ops.arange(number), "float64")
        angles = places[:, None] * frequencies(width)
        pair = ops.cos(angles), ops.sin(angles)
    cosines, sines = (ops.cast(x, "float32") for x in pair)
    return cosines, sines


def rotated(x: Any, cosines: Any, sines: Any) -> Any:
    """Turn x; shapes: x (batch, time, .., width), tables (time, width / 2) -> as x."""
    shape = (-1, *[1] * (len(x.shape) - 3), x.shape[-1] // 2)
    tables = (ops.reshape(ops.cast(t, x.dtype), shape) for t in (cosines, sines))
    return ops.concatenate(halves_rotated(x, *tables), axis=-1)


def check_even(width: int) -> None:
    """Refuse vectors without halves.

    Raises: UsageError
    """
    if width % 2:
        raise UsageError(
            f"positions turn pairs of numbers; received vectors of {width}: give an "
            "even width"
        )
