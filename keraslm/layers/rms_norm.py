"""Root-mean-square normalisation that hands the mask on."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("keraslm")
class RMSNorm(keras.layers.RMSNormalization):
    """Scale each step to a root mean square of one; Keras's own layer drops the mask.

    Math:   y = g x / sqrt(mean(x^2) + epsilon)
    Shapes: (batch, time, units) -> (batch, time, units)
    References: Zhang & Sennrich (2019).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
