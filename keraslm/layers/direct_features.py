"""N-gram and skip features of the history, hashed into one vector of weights."""

from typing import Any

import keras
from keras import ops

from keraslm.kernels.slices import sum_of_slices
from keraslm.layers.window import ids_before, joined
from keraslm.outputs.history_features import HistoryFeatures

WEIGHTS = "feature_weights"


@keras.saving.register_keras_serializable("keraslm")
class DirectFeatures(keras.layers.Layer):
    """Score every output by weights of the last tokens themselves.

    Where the slice of a history h begins, b(h), says `outputs.history_features`.

    Math:   scores_t[w] = sum over the histories h of t of D[b(h) + w]
    D has 2^bits weights and starts at zero. Before a text stand line boundaries; the
    state is the last ids.

    Shapes: ids (batch, time) -> (batch, time, outputs)
    Raises: UsageError if order < 2, skip < 0, or D is shorter than one slice or longer
            than 2^28.
    References: Mikolov et al. (2011), the outputs of a history side by side.
    """

    def __init__(
        self, outputs: int, order: int, skip: int = 0, bits: int = 22, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.histories = HistoryFeatures(outputs, order, skip, bits)
        self.outputs = outputs
        self.order = order
        self.skip = skip
        self.bits = bits

    @property
    def reach(self) -> int:
        """How many ids before the newest a position looks at."""
        return self.histories.reach

    @property
    def features(self) -> int:
        """How many histories a position has."""
        return self.histories.number

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make D (2^bits,)."""
        self.table = self.add_weight((2**self.bits,), initializer="zeros", name=WEIGHTS)

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give the ids before a text: line boundaries.

        Shapes: one array (batch, reach), none if only the newest token counts
        """
        return ids_before(batch_size, self.reach)

    def read(
        self, ids: Any, state: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Score every output after ids that follow those of the state.

        Shapes: ids (batch, time) -> (batch, time, outputs), next state
        """
        contexts, after = self.read_contexts(ids, state, length)
        return self.all_scores(contexts), after

    def read_contexts(
        self, ids: Any, state: list[Any], length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Give where the histories' slices of D begin, which `scores` takes.

        Shapes: ids (batch, time) -> (batch, time, features), next state
        """
        seen, after = joined(state, ids, length)  # (batch, reach + time)
        return ops.stack(self.histories.starts(seen), axis=-1), after

    def call(self, ids: Any) -> Any:
        """Score every output."""
        return self.read(ids, self.get_initial_state(ops.shape(ids)[0]))[0]

    def all_scores(self, contexts: Any) -> Any:
        """Score every output; shapes: (batch, time, features) -> (.., outputs)."""
        rows = ops.reshape(contexts, (-1, self.features))
        scores = sum_of_slices(self.table, rows, self.outputs)
        return ops.reshape(scores, (*ops.shape(contexts)[:-1], self.outputs))

    def scores(self, contexts: Any, outputs: Any) -> Any:
        """Score some outputs.

        Shapes: contexts (..., features), outputs (..., K) or (K,) -> (..., K)
        """
        places = contexts[..., None, :] + outputs[..., None]  # (..., K, features)
        return ops.sum(ops.take(self.table, places), axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (batch, time, outputs)."""
        return (*input_shape, self.outputs)

    def compute_output_spec(self, ids: Any) -> Any:
        """Give scores."""
        shape = self.compute_output_shape(ids.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        names = ("outputs", "order", "skip", "bits")
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **own}
