"""Additive attention, of the first translation network that attended."""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers.attention import Attention


@keras.saving.register_keras_serializable("keraslm")
class AdditiveAttention(Attention):
    """Score a query and a key by a small network of both.

    Math:   S_ij = v . tanh(W q_i + U k_j);   y_i = sum_j softmax(S_i)_j v_j
            W (width of q, units), U (width of k, units), v (units,)
    Keras's `AdditiveAttention` has v alone, which it calls `scale`: it is this layer
    with W = U = I. How it is called is said in `Attention`; here a query and a key may
    have different widths.

    Raises: UsageError if units < 1.
    References: Bahdanau, Cho & Bengio (2015).
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if units < 1:
            raise UsageError(f"units must be 1 or more; received {units}")
        self.units = units

    def build(self, input_shape: list[Any]) -> None:
        """Make W, U and v."""
        query, key = input_shape[0][-1], input_shape[-1][-1]
        self.query_kernel = self.add_weight((query, self.units), name="query_kernel")
        self.key_kernel = self.add_weight((key, self.units), name="key_kernel")
        self.scale = self.add_weight((self.units,), name="scale")

    def scores(self, query: Any, key: Any) -> Any:
        """Give S; shapes: -> (batch, queries, keys)."""
        q = ops.matmul(query, self.query_kernel)[..., :, None, :]
        k = ops.matmul(key, self.key_kernel)[..., None, :, :]
        return ops.sum(self.scale * ops.tanh(q + k), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "units": self.units}
