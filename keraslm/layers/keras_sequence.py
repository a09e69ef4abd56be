"""A sequence read by Keras's own layer of the same equations, which calls cuDNN.

On a GPU, a loop over time waits for every step to be launched; cuDNN launches them all
at once. Keras calls it where its back end can, and else runs a loop of its own.
References: Chetlur et al. (2014), cuDNN; Appleyard, Kocisky & Blunsom (2016), its
        recurrent networks.
"""

from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from keraslm.layers.gpu import has_gpu

if TYPE_CHECKING:
    from keraslm.layers.recurrent import Recurrent


def new_keras_sequence(layer: "Recurrent") -> "KerasSequence | None":
    """Give what reads a layer's sequences where cuDNN can; torch calls it by itself."""
    if layer.keras_layer is None or keras.backend.backend() == "torch":
        return None
    return KerasSequence(layer) if has_gpu() else None


class KerasSequence:
    """Keras's layer for one of ours: it has no weights but those that it is given."""

    def __init__(self, layer: "Recurrent") -> None:
        self._layer = layer.keras_layer(
            layer.units, return_sequences=True, dtype=layer.dtype_policy
        )
        self._layer.cell.built = True

    def takes(self, length: Any) -> bool:
        """Say whether Keras can call cuDNN: the first steps alone are TensorFlow's."""
        return length is None or keras.backend.backend() == "tensorflow"

    def read(
        self, inputs: Any, states: list[Any], weights: list[Any], length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Do what `sequence.read` does; see there for the shapes."""
        mask = None if length is None else _first(length, ops.shape(inputs)[:2])
        cell = self._layer.cell
        given = map(ops.convert_to_tensor, weights)
        cell.kernel, cell.recurrent_kernel, cell.bias = given
        _, shown, last = self._layer.inner_loop(inputs, states, mask)
        return shown, list(last)


def _first(length: Any, shape: Any) -> Any:
    """Mark the first steps of every row; shapes: -> (batch, time) bool."""
    return ops.broadcast_to(ops.arange(shape[1])[None] < length, shape)
