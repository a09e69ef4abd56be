"""How a recurrent layer reads a sequence: the quickest way that the back end has.

TensorFlow loops over products W x that are made before; JAX makes them step by step;
torch has an operation for the whole; on a GPU, Keras calls cuDNN.
"""

from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from keraslm.layers.products import rounding
from keraslm.layers.scan import scan

if TYPE_CHECKING:
    from keraslm.layers.recurrent import Recurrent


def read(
    layer: "Recurrent",
    inputs: Any,
    states: list[Any],
    recurrent: Any,
    length: Any = None,
    training: bool = False,
) -> tuple[Any, list[Any]]:
    """Read a sequence, or its first `length` steps, from a state.

    What is shown behind the length may be anything.

    Shapes: inputs x (batch, time, features), each state (batch, units),
            recurrent U (units, gates x units)
            -> h of all steps (batch, time, units), last states
    """
    weights = [layer.kernel, recurrent, layer.bias]
    backend = keras.backend.backend()
    if layer.by_keras is not None and layer.by_keras.takes(length):
        return layer.by_keras.read(inputs, states, weights, length)
    if backend == "torch" and layer.torch_name and not rounding():
        from keraslm.layers.torch_sequence import torch_sequence

        return torch_sequence(layer, inputs, states, weights, length)
    if backend == "jax" and length is None and not rounding():
        from keraslm.layers.jax_sequence import jax_sequence

        return jax_sequence(layer, inputs, states, weights)
    _, bias = layer.biases(ops.convert_to_tensor(layer.bias))
    steps = layer.input_products(inputs)
    shown, last = scan(layer, steps, states, recurrent, bias, length, training)
    return ops.transpose(shown, (1, 0, 2)), last
