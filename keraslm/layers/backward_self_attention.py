"""Self-attention that never looks back: each position sees what stands behind it."""

from typing import Any

import keras
from keras import ops

from keraslm.kernels.attention import band
from keraslm.layers.causal_self_attention import CausalSelfAttention


@keras.saving.register_keras_serializable("keraslm")
class BackwardSelfAttention(CausalSelfAttention):
    """Let each position attend to itself and to those behind it.

    Math:   as `CausalSelfAttention`, but 0 <= j - i < window
    It is causal attention of a text that is read from its end, and has no state: a
    sequence is read at once.

    Shapes: (batch, time, width) -> the same
    Raises: UsageError as `CausalSelfAttention`.
    References: Baevski, Edunov, Liu, Zettlemoyer & Auli (2019), one from each side.
    """

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give none."""
        return []

    def _seen(self, queries: Any, keys: Any) -> Any:
        """Let each query see its own position and those behind it."""
        return ops.transpose(band(queries, keys, self.window))
