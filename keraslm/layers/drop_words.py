"""Dropout of whole words: in training, some have no vector wherever they stand."""

from typing import Any

import keras
from keras import ops

from keraslm.layers.dropout import check_rate, drop


@keras.saving.register_keras_serializable("keraslm")
class DropWords(keras.layers.Layer):
    """Drop the vectors of some words everywhere in the batch.

    Math:   y_t = m[x_t] v_t / (1 - p),   m[w] = 0 with probability p, else 1
    Shapes: ids (batch, time), vectors (batch, time, width) -> as vectors
    Raises: UsageError if the rate is not in [0, 1).
    References: Gal & Ghahramani (2016).
    """

    def __init__(
        self,
        rate: float,
        vocabulary_size: int,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_rate("the rate of dropout", rate)
        self.rate = rate
        self.vocabulary_size = vocabulary_size
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed) if rate else None
        self.built = True

    def call(self, ids: Any, vectors: Any, training: bool = False) -> Any:
        """Drop, in training."""
        if not training or self.seed_generator is None:
            return vectors
        words = ops.ones((self.vocabulary_size, 1), self.compute_dtype)
        kept = drop(words, self.rate, self.seed_generator, ops.shape(words))
        return vectors * ops.take(kept, ops.cast(ids, "int32"), axis=0)

    def compute_output_shape(self, ids_shape: Any, vectors_shape: Any) -> Any:
        """Give the vectors' shape."""
        return vectors_shape

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        own = {
            "rate": self.rate,
            "vocabulary_size": self.vocabulary_size,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}
