"""A number for every output, the same everywhere."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("keraslm")
class Bias(keras.layers.Layer):
    """Add b to the scores.

    Math:   y = x + b,   b from zero
    Shapes: (.., outputs) -> the same
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make b (outputs,)."""
        self.bias = self.add_weight(input_shape[-1:], initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        """Give x + b."""
        return x + self.bias

    def load_own_variables(self, store: Any) -> None:
        """Read b, which version 1 stored with the model instead."""
        if "0" in store:
            self.bias.assign(store["0"])

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the same shape."""
        return input_shape
