"""Scaled dot-product attention."""

from typing import Any

import keras
from keras import ops

from keraslm.layers.attention import Attention


@keras.saving.register_keras_serializable("keraslm")
class DotProductAttention(Attention):
    """Score a query and a key by their product.

    Math:   S_ij = q_i . k_j / sqrt(width);   y_i = sum_j softmax(S_i)_j v_j
    The root keeps the scores of random vectors at a spread of 1, whatever the width.
    Keras's `Attention` does not divide; its `MultiHeadAttention` does. How it is called
    is said in `Attention`.

    References: Vaswani et al. (2017).
    """

    def scores(self, query: Any, key: Any) -> Any:
        """Give Q K^T / sqrt(width); shapes: -> (batch, queries, keys)."""
        return ops.matmul(query, ops.swapaxes(key, -2, -1)) * query.shape[-1] ** -0.5
