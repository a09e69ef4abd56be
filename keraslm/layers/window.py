"""The last few tokens at every position."""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.text.vocabulary import Vocabulary


@keras.saving.register_keras_serializable("keraslm")
class Window(keras.layers.Layer):
    """Lay the last `context` ids beside each other, oldest first.

    Math:   w_t = (x_{t-context+1}, .., x_t)
    Before a text stand line boundaries; the state is the last context - 1 ids.

    Shapes: ids (batch, time) -> (batch, time, context)
    Raises: UsageError if context < 1.
    """

    def __init__(self, context: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if context < 1:
            raise UsageError(f"context must be 1 or more tokens; received {context}")
        self.context = context

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give the ids before a text: line boundaries.

        Shapes: one array (batch, context - 1), none if the context is one token
        """
        return ids_before(batch_size, self.context - 1)

    def read(
        self, ids: Any, state: list[Any], training: bool = False, length: Any = None
    ) -> tuple[Any, list[Any]]:
        """Read ids, or the first `length` of each row, after those of the state.

        Shapes: ids (batch, time) -> (batch, time, context), next state
        """
        seen, after = joined(state, ids, length)
        reach = self.context - 1
        shifted = [seen[:, k : k - reach or None] for k in range(self.context)]
        return ops.stack(shifted, axis=-1), after

    def call(self, ids: Any) -> Any:
        """Stack `context` shifted copies."""
        return self.read(ids, self.get_initial_state(ops.shape(ids)[0]))[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give (batch, time, context)."""
        return (*input_shape, self.context)

    def compute_output_spec(self, ids: Any) -> Any:
        """Give ids."""
        return keras.KerasTensor((*ids.shape, self.context), dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "context": self.context}


def ids_before(batch_size: Any, number: int) -> list[Any]:
    """Give so many line boundaries for each text; shapes: one array, none of 0."""
    shape = (batch_size, number)
    return [ops.full(shape, Vocabulary.boundary_id, "int32")] if number else []


def joined(state: list[Any], ids: Any, length: Any = None) -> tuple[Any, list[Any]]:
    """Put ids after those of the state; give the state after `length` of them, or all.

    Shapes: (batch, n), (batch, time) -> (batch, n + time), next state
    """
    ids = ops.cast(ids, "int32")
    seen = ops.concatenate([*state, ids], axis=1)
    read = ops.shape(ids)[1] if length is None else length
    return seen, [ops.slice(seen, (0, read), ops.shape(s)) for s in state]
