"""A sequence read by Keras's own layer of the same equations, which calls cuDNN.

On a GPU, a loop over time waits for every step to be launched; cuDNN launches them all
at once. Keras calls it where its back end can, and else runs a loop of its own.
References: Chetlur et al. (2014), cuDNN; Appleyard, Kocisky & Blunsom (2016), its
        recurrent networks.
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm import cells
from keraslm.kernels.gpu import has_gpu
from keraslm.kernels.loop import first_steps


def keras_sequence(cell: cells.Cell, dtype: Any) -> "KerasSequence | None":
    """Give what reads a cell's sequences where cuDNN can; torch calls it by itself."""
    known = type(cell) is cells.LSTM or (type(cell) is cells.GRU and cell.reset_after)
    if not known or keras.backend.backend() == "torch" or not has_gpu():
        return None
    return KerasSequence(cell, dtype)


class KerasSequence:
    """Keras's layer for a cell: it has no weights but those that it is given."""

    def __init__(self, cell: cells.Cell, dtype: Any) -> None:
        kind = keras.layers.LSTM if type(cell) is cells.LSTM else keras.layers.GRU
        self._layer = kind(cell.units, return_sequences=True, dtype=dtype)
        self._layer.cell.built = True

    def takes(self, length: Any) -> bool:
        """Say whether Keras can call cuDNN: the first steps alone are TensorFlow's."""
        return length is None or keras.backend.backend() == "tensorflow"

    def read(
        self,
        inputs: Any,
        state: Sequence[Any],
        weights: Sequence[Any],
        length: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Do what `sequence.read` does; see there for the shapes."""
        mask = None if length is None else first_steps(length, ops.shape(inputs)[:2])
        cell = self._layer.cell
        cell.kernel, cell.recurrent_kernel, cell.bias = weights
        _, shown, last = self._layer.inner_loop(inputs, list(state), mask)
        return shown, list(last)
