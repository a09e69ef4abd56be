"""Stock layers that are applied, and have the weights that they are given."""

from typing import Any

import keras


def dense(inputs: Any, kernel: Any, bias: Any = None) -> Any:
    """Give x W + b, or x W."""
    weights = (kernel,) if bias is None else (kernel, bias)
    layer = keras.layers.Dense(kernel.shape[1], use_bias=bias is not None)
    return weighted(layer, inputs, *weights)


def weighted(layer: Any, inputs: Any, *weights: Any) -> Any:
    """Apply a layer and give it its weights."""
    outputs = layer(inputs)
    layer.set_weights(weights)
    return outputs
