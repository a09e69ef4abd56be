"""A whole sequence in one call of cuDNN, through Keras's own layer of the same name.

On a GPU, a loop over time waits for every step to be launched; cuDNN launches them all
at once. Keras calls it where its back end can, and else runs a loop of its own.
References: Chetlur et al. (2014), cuDNN; Appleyard, Kocisky & Blunsom (2016), its
        recurrent networks.
"""

from typing import TYPE_CHECKING, Any

import keras
from keras import ops

if TYPE_CHECKING:
    from keraslm.layers.recurrent import Recurrent


def has_gpu() -> bool:
    """Say whether Keras's back end computes on a GPU."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return bool(tf.config.list_logical_devices("GPU"))
    if backend == "torch":
        import torch

        return torch.cuda.is_available()
    import jax

    return jax.default_backend() == "gpu"


class WholeSequence:
    """Keras's layer of the same equations, which reads with weights it is given.

    It is no part of the layer that it reads for: its own weights are zeros.
    """

    def __init__(self, layer: "Recurrent", features: int | None) -> None:
        self._layer = layer.keras_layer(
            layer.units,
            kernel_initializer="zeros",
            recurrent_initializer="zeros",
            return_sequences=True,
            return_state=True,
            dtype=layer.dtype_policy,
        )
        self._layer.build((None, None, features))

    def takes(self, length: Any) -> bool:
        """Say whether Keras can call cuDNN: the first steps alone are TensorFlow's."""
        return length is None or keras.backend.backend() == "tensorflow"

    def read(
        self, inputs: Any, states: list[Any], weights: list[Any], length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read a sequence, or its first `length` steps, as `Recurrent.call` does.

        Shapes: inputs (batch, time, features), each state (batch, units)
                -> h of all steps (batch, time, units), last states
        """
        mask = None if length is None else _first(length, ops.shape(inputs)[:2])
        (shown, *last), _ = self._layer.stateless_call(
            weights,
            self._layer.non_trainable_variables,
            inputs,
            initial_state=states,
            mask=mask,
        )
        return shown, last


def _first(length: Any, shape: Any) -> Any:
    """Mark the first steps of every row; shapes: -> (batch, time) bool."""
    return ops.broadcast_to(ops.arange(shape[1])[None] < length, shape)
