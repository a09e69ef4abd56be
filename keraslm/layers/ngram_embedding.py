"""A vector for the last two tokens together, for the last three, and so on."""

from typing import Any

import keras
from keras import ops

from keraslm.kernels.random import uniform_rows
from keraslm.layers.dropout import check_rate, drop
from keraslm.layers.window import ids_before, joined
from keraslm.outputs.ngram_rows import NgramRows


@keras.saving.register_keras_serializable("keraslm")
class NgramEmbedding(keras.layers.Layer):
    """Sum up the vectors of the n-grams that end with each token.

    Math:   e_t = sum_{k=2}^{order} T[r_k(x_{t-k+1} .. x_t)]
    r_k hashes an n-gram to a row, see `NgramRows`. T starts at zero. Before a text
    stand line boundaries; the state is the last order - 1 ids. In training, `dropout`
    is the share of the n-grams that are left out, each at each token by itself: the
    rare ones would be learnt by heart.

    Shapes: ids (batch, time) -> (batch, time, width)
    Raises: UsageError as `NgramRows`, or if the dropout is not in [0, 1).
    References: Bojanowski et al. (2017), the vector of a word as a sum of those of its
            n-grams of letters.
    """

    def __init__(
        self,
        order: int,
        width: int,
        bits: int = 13,
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_rate("dropout", dropout)
        self.order, self.width, self.bits = order, width, bits
        self.dropout, self.seed = dropout, seed
        self.seed_generator = keras.random.SeedGenerator(seed) if dropout else None
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
        rows = self.ngrams.rows(seen)
        vectors = (ops.take(self.embeddings, row, axis=0) for row in rows)
        if training and self.seed_generator is not None:
            shape = (*ops.shape(ids), 1)
            dropped = (self.dropout, self.seed_generator, shape, uniform_rows)
            vectors = (drop(each, *dropped) for each in vectors)
        return ops.cast(sum(vectors), self.compute_dtype), after

    def call(self, ids: Any, training: bool = False) -> Any:
        """Read from the beginning of a text."""
        before = self.get_initial_state(ops.shape(ids)[0])
        return self.read(ids, before, training)[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (batch, time, width)."""
        return (*input_shape, self.width)

    def compute_output_spec(self, ids: Any, training: bool = False) -> Any:
        """Give vectors."""
        shape = self.compute_output_shape(ids.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        names = ("order", "width", "bits", "dropout", "seed")
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **own}
