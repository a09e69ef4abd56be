"""The gradient of a function, on whichever backend runs."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops, tree


def gradient(function: Callable[[Any], Any], value: Any) -> Any:
    """Differentiate a scalar function of an array, or of nested lists of arrays.

    What the function does not use has the gradient 0.

    Math:   df(x) / dx
    Shapes: NumPy arrays, nested and shaped as `value`
    """
    branches = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
    tensors = tree.map_structure(ops.convert_to_tensor, value)
    found = branches[keras.backend.backend()](function, tensors)
    return tree.map_structure(ops.convert_to_numpy, found)


def _tensorflow(function: Callable[[Any], Any], tensors: Any) -> Any:
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(tensors)
        result = function(tensors)
    return tape.gradient(result, tensors, unconnected_gradients="zero")


def _jax(function: Callable[[Any], Any], tensors: Any) -> Any:
    import jax

    return jax.grad(function)(tensors)


def _torch(function: Callable[[Any], Any], tensors: Any) -> Any:
    import torch

    with torch.enable_grad():
        leaves = tree.map_structure(lambda x: x.detach().requires_grad_(), tensors)
        result = function(leaves)
    found = torch.autograd.grad(result, tree.flatten(leaves), materialize_grads=True)
    return tree.pack_sequence_as(leaves, list(found))
