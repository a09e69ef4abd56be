"""Whether a computation is being written down to be compiled."""

from typing import Any

import keras


def in_tensorflow_graph() -> bool:
    """Say whether TensorFlow traces what is computed here, instead of computing it."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return not tf.executing_eagerly()


def has_values(x: Any) -> bool:
    """Say whether the numbers of a tensor can be read now, in a graph they cannot."""
    if isinstance(x, keras.KerasTensor) or in_tensorflow_graph():
        return False
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return not isinstance(x, jax.core.Tracer)
    if backend == "torch":
        import torch

        return not (torch.compiler.is_compiling() or x.device.type == "meta")
    return True
