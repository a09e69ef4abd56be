"""Self-attention in both directions: each position sees the whole sequence."""

from typing import Any

import keras

from keraslm.errors import UsageError
from keraslm.layers.causal_self_attention import CausalSelfAttention


@keras.saving.register_keras_serializable("keraslm")
class SelfAttention(CausalSelfAttention):
    """Let each position attend to all, also to those behind it.

    Math:   as `CausalSelfAttention`, but j runs over all positions that are not masked
    It looks ahead, so it is of no language model that predicts the next token, and it
    has no state: a sequence is read at once.

    Shapes: (batch, time, width) -> the same
    Raises: UsageError for a window, or as `CausalSelfAttention`.
    References: Vaswani et al. (2017), the encoder; Devlin et al. (2019).
    """

    def __init__(
        self,
        heads: int,
        window: int | None = None,
        positions: str | None = "rotary",
        output_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        if window is not None:
            raise UsageError(
                "attention in both directions sees all positions and has no window; "
                f"received window={window}"
            )
        super().__init__(heads, None, positions, output_initializer, **kwargs)

    def _seen(self, queries: Any, keys: Any) -> Any:
        """Let every query see every key."""
        return None
