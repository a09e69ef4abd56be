"""What stands on both sides of a place, without the place itself."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("keraslm")
class BothSides(keras.layers.Layer):
    """Show each place what was read up to it from either side.

    Math:   [f_t, b_t] -> [f_{t-1}, b_{t+1}],   0 beyond the ends and where it is masked
    f and b are the halves of what `keras.layers.Bidirectional` gives, or two networks:
    f_{t-1} has read the ids before t, b_{t+1} those behind it. So nothing that is shown
    at t depends on the id at t, and every id can be predicted in one pass.

    Shapes: (batch, time, width) -> the same
    References: Melamud, Goldberger & Dagan (2016).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, x: Any, mask: Any = None) -> Any:
        """Move the halves apart by a place each."""
        if mask is not None:
            x = ops.where(ops.cast(mask, "bool")[..., None], x, 0)
        forward, backward = ops.split(x, 2, axis=-1)
        nothing = ops.zeros_like(forward[:, :1])
        before = ops.concatenate([nothing, forward[:, :-1]], axis=1)
        behind = ops.concatenate([backward[:, 1:], nothing], axis=1)
        return ops.concatenate([before, behind], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the same shape."""
        return input_shape
