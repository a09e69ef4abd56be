"""The largest number of each unit over the steps of a sequence."""

from typing import Any

import keras
from keras import ops

LEAST = -1e9  # of a step that is masked


@keras.saving.register_keras_serializable("keraslm")
class MaskedMax(keras.layers.Layer):
    """Give the largest number of each unit; unlike Keras's own, without masked steps.

    Math:   y_i = max over t with m_t of x_{t,i}
    Shapes: (batch, time, units) -> (batch, units)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        """Compare the steps."""
        if mask is not None:
            x = ops.where(mask[..., None], x, ops.cast(LEAST, x.dtype))
        return ops.max(x, axis=1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Hand no mask on: there are no steps any more."""

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the shape without time."""
        return input_shape[0], input_shape[2]
