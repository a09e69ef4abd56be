"""Custom gradients on TensorFlow that do not keep a model in memory."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf


def in_own_graph(function: Callable[..., Any]) -> Callable[..., Any]:
    """Trace a function in a graph of its own, which holds none of the model's weights.

    TensorFlow registers a custom gradient for as long as the process lives, and with it
    the graph that it was traced in: that of a training step, with its weights and
    moments. So all tensors that the gradient needs are to be arguments.
    """

    def call(*arguments: Any) -> Any:
        if tf.executing_eagerly():
            return function(*arguments)
        return tf.function(function, autograph=False)(*arguments)

    return call
