"""A dense layer that multiplies as `products` says."""

from typing import Any

import keras

from keraslm.kernels.products import affine, product


@keras.saving.register_keras_serializable("keraslm")
class Dense(keras.layers.Dense):
    """Keras's dense layer without an activation, whose product training may round.

    Math:   y = x W + b
    Shapes: (.., features) -> (.., units)
    """

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Give x W + b."""
        if self.bias is None:
            return product(inputs, self.kernel)
        return affine(inputs, self.kernel, self.bias)
