"""The last few tokens at every position."""

from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError


@keras.saving.register_keras_serializable("keraslm")
class Window(keras.layers.Layer):
    """Lay the last `context` ids beside each other, oldest first.

    Math:   w_t = (x_{t-context+1}, .., x_t)
    Shapes: ids (batch, context - 1 + time) -> (batch, time, context)
    Raises: UsageError if context < 1.
    """

    def __init__(self, context: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if context < 1:
            raise UsageError(f"context must be 1 or more tokens; received {context}")
        self.context = context

    def call(self, ids: Any) -> Any:
        """Stack `context` shifted copies."""
        time = ops.shape(ids)[1] - self.context + 1
        shifted = [ids[:, k : k + time] for k in range(self.context)]
        return ops.stack(shifted, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        return {**super().get_config(), "context": self.context}
