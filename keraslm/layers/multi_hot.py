"""A bag of words, and its product with a matrix: the sum of its words' rows."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keraslm.layers.one_hot import OneHotDense
from keraslm.layers.token_ids import token_ids


@keras.saving.register_keras_serializable("keraslm")
class MultiHotDense(OneHotDense):
    """Multiply the multi-hot vector of a window with W, by looking up rows.

    The vector is one at every word of the window, however often it occurs; the order
    of the words is lost. All places share one W of vocabulary rows.

    Math:   y = multihot(x_1, .., x_n) W + b = sum over distinct x_k of W[x_k], + b
    Shapes: ids (batch, time, context) -> (batch, time, units)
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make W (vocabulary, units) and b."""
        super().build((*input_shape[:-1], 1))

    def call(self, ids: Any) -> Any:
        """Sum the rows of the distinct ids."""
        ids, inside = token_ids(ids, self.vocabulary_size)
        rows = self._rows(ids)  # (.., context, units)
        first = ops.cast(first_occurrences(ids), rows.dtype)
        return self._sum(rows * first[..., None], inside)


def first_occurrences(ids: Any) -> Any:
    """Mark each id of a window that does not occur earlier in it.

    Shapes: ids (..., context) -> bool (..., context)
    """
    context = ids.shape[-1]
    same = ops.equal(ids[..., :, None], ids[..., None, :])  # (.., place, other)
    earlier = ops.convert_to_tensor(np.tri(context, k=-1, dtype=bool))  # (place, other)
    return ops.logical_not(ops.any(ops.logical_and(same, earlier), axis=-1))
