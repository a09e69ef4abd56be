"""Whether a computation is being written down for TensorFlow to compile."""

import keras


def in_tensorflow_graph() -> bool:
    """Say whether TensorFlow traces what is computed here, instead of computing it."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return not tf.executing_eagerly()
