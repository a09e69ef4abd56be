"""One-hot vectors, and their product with a matrix: a row of it.

Math:   onehot(x) W = W[x]

An id outside the vocabulary is refused; in a compiled graph, which cannot refuse, what
is made of it is NaN.
"""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers.token_ids import nan_outside, token_ids


@keras.saving.register_keras_serializable("keraslm")
class OneHot(keras.layers.Layer):
    """Write an id as a vector that is one at its place and zero elsewhere.

    Shapes: ids (...) -> (..., vocabulary)
    Raises: UsageError for an id outside the vocabulary.
    """

    def __init__(self, vocabulary_size: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)  # ids stay whole numbers
        self.vocabulary_size = vocabulary_size
        self.supports_masking = True
        self.built = True

    def call(self, ids: Any) -> Any:
        """Build the vectors."""
        ids, inside = token_ids(ids, self.vocabulary_size)
        vectors = ops.one_hot(ids, self.vocabulary_size, dtype=self.compute_dtype)
        return nan_outside(vectors, inside)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (..., vocabulary)."""
        return (*input_shape, self.vocabulary_size)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "vocabulary_size": self.vocabulary_size}


@keras.saving.register_keras_serializable("keraslm")
class OneHotDense(keras.layers.Layer):
    """Multiply the concatenated one-hot vectors of a window with W, by looking up rows.

    The window's place k has its own block W_k of vocabulary rows, so the order of the
    words counts; the vectors, context x vocabulary wide, are never built.

    Math:   y = [onehot(x_1); ..; onehot(x_n)] W + b = sum_k W_k[x_k] + b
    Shapes: ids (batch, time, context) -> (batch, time, units)
    Raises: UsageError if units < 1, or for an id outside the vocabulary.
    References: Bengio et al. (2003).
    """

    def __init__(self, units: int, vocabulary_size: int, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)  # ids stay whole numbers
        if units < 1:
            raise UsageError(f"units must be 1 or more; received {units}")
        self.units = units
        self.vocabulary_size = vocabulary_size
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make W (context x vocabulary, units) and b."""
        context = input_shape[-1] or 1
        # as a Dense layer of `context` active inputs would start
        scale = keras.initializers.RandomUniform(-0.05, 0.05)
        self.kernel = self.add_weight(
            (context * self.vocabulary_size, self.units),
            initializer=scale,
            name="kernel",
        )
        self.bias = self.add_weight((self.units,), initializer="zeros", name="bias")

    def call(self, ids: Any) -> Any:
        """Sum the rows that the ids turn on."""
        ids, inside = token_ids(ids, self.vocabulary_size)
        first_rows = ops.arange(ids.shape[-1], dtype="int32") * self.vocabulary_size
        return self._sum(self._rows(ids + first_rows), inside)

    def _rows(self, places: Any) -> Any:
        return ops.cast(ops.take(self.kernel, places, axis=0), self.compute_dtype)

    def _sum(self, rows: Any, inside: Any) -> Any:
        """Give the sum of a window's rows, and b.

        Shapes: rows (.., context, units), inside (.., context) -> (.., units)
        """
        y = ops.sum(rows, axis=-2) + ops.cast(self.bias, self.compute_dtype)
        return nan_outside(y, ops.all(inside, axis=-1))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (batch, time, units)."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        own = {"units": self.units, "vocabulary_size": self.vocabulary_size}
        return {**super().get_config(), **own}
