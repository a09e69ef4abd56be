"""Features of the history one token at a time, in NumPy."""

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from keraslm.layers import DirectFeatures
from keraslm.text.vocabulary import Vocabulary

Array = npt.NDArray[Any]


class DirectStream:
    """The last ids of one text, or of several, and the slices of D they turn on."""

    def __init__(self, layer: DirectFeatures, texts: tuple[int, ...] = ()) -> None:
        self._layer = layer
        self._table = np.asarray(ops.convert_to_numpy(layer.table))
        shape = (*texts, layer.reach + 1)
        self._ids = np.full(shape, Vocabulary.boundary_id, np.int32)

    def push(self, token_id: Any) -> Array:
        """Read a token of each text and score every output.

        Shapes: () -> (outputs,), or (texts,) -> (texts, outputs)
        """
        self._ids[..., :-1] = self._ids[..., 1:]
        self._ids[..., -1] = token_id
        starts = np.concatenate(self._layer.bases(self._ids), axis=-1)
        rows = np.atleast_2d(starts)  # (texts, features)
        scores = np.stack([self._sum(row) for row in rows.tolist()])
        return scores.reshape(*starts.shape[:-1], self._layer.outputs)

    def _sum(self, starts: list[int]) -> Array:
        width = self._layer.outputs
        return np.sum([self._table[b : b + width] for b in starts], axis=0)
