"""The encoder and the decoder of a transformer.

Math:   x = E w + positions;   each block of the encoder, and of the decoder
            x = x + attend(norm(x), norm(x))          of the decoder: to y_1, .., y_t
            x = x + attend(norm(x), h)                of the decoder alone
            x = x + relu(norm(x) W + b) V + c
        h = norm(x) of the encoder;   P(y_t) = softmax(norm(x) V + d) of the decoder
        attend: each head softmax(q . k / sqrt(width)), see `MultiHeadAttention`
References: Vaswani et al. (2017); Xiong et al. (2020), the norm before.
"""

from typing import Any

import keras
from keras import ops

from keraslm.layers import Dropout, SinusoidalPositions
from keraslm.tasks.translation.shape import TranslatorShape

PADDING = 0  # of the source
WIDENED = 4  # times as wide as the block, its hidden layer


def transformer_encoder(
    sources: int, shape: TranslatorShape, dropout: float, seed: int | None
) -> keras.Model:
    """Give the encoder.  Shapes: ids (batch, sources) -> h (batch, sources, units)"""
    ids = keras.Input((None,), dtype="int32", name="source")
    seen = ops.expand_dims(ops.not_equal(ids, PADDING), 1)
    part = _Parts(shape, dropout, seed)
    x = part.embed(ids, sources)
    for _ in range(shape.layers):
        normed = part.norm(x)
        x = x + part.attend(normed, normed, attention_mask=seen)
        x = x + part.hidden(part.norm(x))
    return keras.Model(ids, [part.norm(x)], name="encoder")


def transformer_decoder(
    targets: int, shape: TranslatorShape, dropout: float, seed: int | None
) -> keras.Model:
    """Give the decoder.

    Shapes: ids (batch, time), there (batch, sources), h (batch, sources, units)
            -> probabilities (batch, time, targets)
    """
    before = keras.Input((None,), dtype="int32", name="before")
    there = keras.Input((None,), dtype="bool", name="there")
    memory = keras.Input((None, shape.units), name="memory")
    seen = ops.expand_dims(there, 1)
    part = _Parts(shape, dropout, None if seed is None else seed + 1000)
    x = part.embed(before, targets)
    for _ in range(shape.layers):
        normed = part.norm(x)
        x = x + part.attend(normed, normed, use_causal_mask=True)
        x = x + part.attend(part.norm(x), memory, attention_mask=seen)
        x = x + part.hidden(part.norm(x))
    shown = keras.layers.Dense(targets, activation="softmax")(part.norm(x))
    return keras.Model([before, there, memory], shown, name="decoder")


class _Parts:
    """The layers that blocks are made of, each with dropout of its own."""

    def __init__(
        self, shape: TranslatorShape, dropout: float, seed: int | None
    ) -> None:
        self.shape, self.dropout, self.seed = shape, dropout, seed
        self.number = 0

    def embed(self, ids: Any, size: int) -> Any:
        """Give the vectors of tokens at their positions."""
        x = keras.layers.Embedding(size, self.shape.units)(ids)
        return self._dropped(SinusoidalPositions()(x))

    def norm(self, x: Any) -> Any:
        """Give x of mean 0 and variance 1, with a gain and a bias."""
        return keras.layers.LayerNormalization()(x)

    def attend(self, query: Any, value: Any, **masks: Any) -> Any:
        """Give what each query sees in the values."""
        heads, width = self.shape.heads, self.shape.units
        layer = keras.layers.MultiHeadAttention(heads, width // heads, use_bias=False)
        return self._dropped(layer(query, value, **masks))

    def hidden(self, x: Any) -> Any:
        """Give what a hidden layer makes of each position."""
        x = keras.layers.Dense(WIDENED * self.shape.units, activation="relu")(x)
        return self._dropped(keras.layers.Dense(self.shape.units)(x))

    def _dropped(self, x: Any) -> Any:
        self.number += 1
        if not self.dropout:
            return x
        seed = None if self.seed is None else self.seed + self.number
        return Dropout(self.dropout, seed=seed)(x)
