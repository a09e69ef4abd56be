"""What every attention has in common: a mean of the values, weighted by scores.

Math:   A = softmax(S),  S_ij the score of query i and key j;   y_i = sum_j A_ij v_j
"""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.attention import weights_of
from keraslm.kernels.tensors import wide


class Attention(keras.layers.Layer):
    """Attend to values by the scores of their keys; a subclass gives the scores.

    It is called as Keras's own layers are: on [query, value] or [query, value, key],
    the key being the value where it is not given, with the masks [query, value]. A
    masked value has weight 0; a masked query shows zeros. The weights of a query that
    may see something sum to one. With `use_causal_mask`, query i sees values 1 .. i.

    Shapes: query (batch, queries, width), value (batch, keys, values), key (batch,
            keys, width) -> (batch, queries, values); with `return_attention_scores`
            also A (batch, queries, keys), in float32 at least
    Raises: UsageError if it is not called on a list of two or three.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def scores(self, query: Any, key: Any) -> Any:
        """Give S; shapes: -> (batch, queries, keys)."""
        raise NotImplementedError

    def call(
        self,
        inputs: Sequence[Any],
        mask: Sequence[Any] | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Give y, or y and A."""
        query, value, key = _parts(inputs)
        query_mask, value_mask, *_ = mask or (None, None)
        weights = weights_of(
            self.scores(query, key), _seen(query, key, value_mask, use_causal_mask)
        )
        shown = ops.matmul(ops.cast(weights, value.dtype), value)
        if query_mask is not None:
            shown = ops.where(ops.cast(query_mask, "bool")[..., None], shown, 0)
        return (shown, weights) if return_attention_scores else shown

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Hand the mask of the queries on."""
        return mask[0] if mask else None

    def compute_output_shape(self, input_shape: Sequence[Any]) -> Any:
        """Give (batch, queries, values)."""
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(
        self,
        inputs: Sequence[Any],
        mask: Any = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """Give the shapes and types of what `call` gives."""
        query, value, key = _parts(inputs)
        shape = self.compute_output_shape([query.shape, value.shape])
        shown = keras.KerasTensor(shape, self.compute_dtype)
        if not return_attention_scores:
            return shown
        pairs = (*query.shape[:-1], key.shape[-2])
        return shown, keras.KerasTensor(pairs, wide(self.compute_dtype))


def _parts(inputs: Any) -> tuple[Any, Any, Any]:
    """Give query, value and key."""
    if not isinstance(inputs, list | tuple) or len(inputs) not in (2, 3):
        raise UsageError(
            "attention is called on a list, [query, value] or [query, value, key]; "
            f"received {type(inputs).__name__}"
        )
    query, value, *key = inputs
    return query, value, key[0] if key else value


def _seen(query: Any, key: Any, value_mask: Any, is_causal: bool) -> Any:
    """Say which keys each query may see, or None where it may see all."""
    mask = None if value_mask is None else ops.cast(value_mask, "bool")[:, None]
    if not is_causal:
        return mask
    places = [ops.arange(ops.shape(x)[1], dtype="int32") for x in (query, key)]
    before = places[0][:, None] >= places[1]
    return before if mask is None else ops.logical_and(mask, before)
