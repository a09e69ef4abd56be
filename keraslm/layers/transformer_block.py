"""A block of a transformer: attention between positions, then a layer at each."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers.backward_self_attention import BackwardSelfAttention
from keraslm.layers.causal_self_attention import CausalSelfAttention
from keraslm.layers.dense import Dense
from keraslm.layers.dropout import Dropout
from keraslm.layers.rms_norm import RMSNorm
from keraslm.layers.self_attention import SelfAttention

WIDENED = 4  # times as wide as the block, its hidden layer
_ARGUMENTS = (
    *("heads", "window", "positions", "hidden", "dropout", "seed", "causal"),
    "backwards",
)


@keras.saving.register_keras_serializable("keraslm")
class TransformerBlock(keras.layers.Layer):
    """Add to x what positions tell each other, then what a hidden layer makes of it.

    Math:   a = x + attend(norm(x));   y = a + gelu(norm(a) W + b) V + c
            norm(x) = g x / sqrt(mean(x^2) + epsilon), each norm with a g of its own
            gelu(z) = z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2
            W (width, hidden), V (hidden, width);  hidden is 4 width by default
    The norms stand before what is added (pre-norm), so that x itself goes through all
    blocks unchanged and the gradient with it. In training, `dropout` is the share of
    the numbers dropped of what is added. O and V, which make it, start as
    `output_initializer` says; from zeros, a block hands x on as it is. Attention, state
    and masks are those of `CausalSelfAttention`. Without `causal` they are those of
    `SelfAttention`: each position sees all others; `backwards` those behind it, as in
    `BackwardSelfAttention`. Neither has a state.

    Shapes: (batch, time, width) -> the same
    Raises: UsageError as `CausalSelfAttention`, if hidden < 1, or if it is `backwards`
            and not `causal`.
    References: Vaswani et al. (2017); Xiong et al. (2020), the norm before; Zhang &
            Sennrich (2019), this norm; Hendrycks & Gimpel (2016), gelu.
    """

    def __init__(
        self,
        heads: int,
        window: int | None = None,
        positions: str | None = "rotary",
        hidden: int | None = None,
        dropout: float = 0.0,
        output_initializer: Any = "glorot_uniform",
        seed: int | None = None,
        causal: bool = True,
        backwards: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if hidden is not None and hidden < 1:
            raise UsageError(f"hidden must be 1 or more; received {hidden}")
        if backwards and not causal:
            raise UsageError("a block that sees both sides has no `backwards`")
        given = {"dtype": self.dtype_policy}
        self.heads, self.window, self.positions = heads, window, positions
        self.hidden, self.dropout, self.seed = hidden, dropout, seed
        self.causal, self.backwards = causal, backwards
        self.output_initializer = keras.initializers.get(output_initializer)
        attention: type[CausalSelfAttention] = SelfAttention
        if causal:
            attention = BackwardSelfAttention if backwards else CausalSelfAttention
        self.attention = attention(
            heads, window, positions, output_initializer, **given
        )
        self.norm_before_attention = RMSNorm(**given)
        self.norm_before_hidden = RMSNorm(**given)
        self.drop = Dropout(dropout, seed=seed, **given)
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights of all parts."""
        width = input_shape[-1] or 1
        hidden = self.hidden or WIDENED * width
        self.widen = Dense(hidden, dtype=self.dtype_policy)
        self.narrow = Dense(
            width, kernel_initializer=self.output_initializer, dtype=self.dtype_policy
        )
        shape = (*input_shape[:-1], width)
        norms = (self.norm_before_attention, self.norm_before_hidden)
        for part in (*norms, self.attention, self.widen):
            part.build(shape)
        self.narrow.build((*input_shape[:-1], hidden))

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """Give the state of the attention before a text."""
        return self.attention.get_initial_state(batch_size)

    def read(
        self,
        x: Any,
        state: Sequence[Any],
        training: bool = False,
        length: Any = None,
        mask: Any = None,
    ) -> tuple[Any, list[Any]]:
        """Read on from a state; see `CausalSelfAttention.read`."""
        x = ops.convert_to_tensor(x, self.compute_dtype)
        told, after = self.attention.read(
            self.norm_before_attention(x), state, training, length, mask
        )
        x = x + self.drop(told, training=training)
        hidden = keras.activations.gelu(
            self.widen(self.norm_before_hidden(x)), approximate=True
        )
        return x + self.drop(self.narrow(hidden), training=training), after

    def call(self, x: Any, mask: Any = None, training: bool = False) -> Any:
        """Read from the beginning of a text."""
        return self.read(x, [], training, mask=mask)[0]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Give the same shape."""
        return input_shape

    def compute_output_spec(
        self, x: Any, mask: Any = None, training: bool = False
    ) -> Any:
        """Give the shape and the type of what `call` gives."""
        return keras.KerasTensor(x.shape, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Give the arguments of the layer."""
        own = {name: getattr(self, name) for name in _ARGUMENTS}
        own["output_initializer"] = keras.initializers.serialize(
            self.output_initializer
        )
        return {**super().get_config(), **own}
