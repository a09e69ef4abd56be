"""A vector for the last two tokens together, for the last three, and so on."""

from typing import Any

import keras
from keras import ops

from keraslm.layers.window import ids_before, joined
from keraslm.outputs.ngram_rows import NgramRows


@keras.saving.register_keras_serializable("keraslm")
class NgramEmbedding(keras.layers.Layer):
    """Sum up the vectors of the n-grams that end with each token.

    Math:   e_t = sum_{k=2}^{order} T[r_k(x_{t-k+1} .. x_t)]
    r_k hashes an n-gram to a row, see `NgramRows`. T starts at zero. Before a text
    stand line boundaries; the state is the last order - 1 ids.

    Shapes: ids (batch, time) -> (batch, time, width)
    Raises: UsageError as `NgramRows`.
    References: Bojanowski et al. (2017), the vector of a word as a sum of those of its
            n-grams of letters.
    """

    def __init__(self, order: int, width: int, bits: int = 13, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.order, self.width, self.bits = order, width, bits
        self.ngrams = NgramRows(order, bits)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make T ((order - 1) 2^bits, width)."""
        shape = (self.ngrams.size, self.width)
        self.embeddings = self.add_weight(shape, initializer="zeros", name="embeddings")

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give the ids before a text: line boundaries.

        Shapes: one array (batch, order - 1)
        """
        return ids_before(batch_size, self.ngrams.reach)

    def read(
        self, ids: Any, state: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Give the vectors of ids that follow those of the state.

        Shapes: ids (batch, time) -> (batch, time, width), next state
        """
        seen, after = joined(state, ids, length)
        taken = (ops.take(self.embeddings, r, axis=0) for r in self.ngrams.rows(seen))
        return ops.cast(sum(taken), self.compute_dtype), after

    def call(self, ids: Any) -> Any:
        """Read from the beginning of a text."""
        return self.read(ids, self.get_initial_state(ops.shape(ids)[0]))[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (batch, time, width)."""
        return (*input_shape, self.width)

    def compute_output_spec(self, ids: Any) -> Any:
        """Give vectors."""
        shape = self.compute_output_shape(ids.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        own = {name: getattr(self, name) for name in ("order", "width", "bits")}
        return {**super().get_config(), **own}
