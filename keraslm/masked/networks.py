"""Networks that see both sides of a token: a transformer, or an LSTM from each side.

Math:   x_t = E[w_t],   P(w at t) = softmax(W h_t + c)
        transformer   h = norm(block_L(.. block_1(x))), see `TransformerBlock`, in which
                      every position sees all others; x_t is that of the mask
        bilstm        h_t = relu(V [f_{t-1}, b_{t+1}] + d),   f_t = lstm(x_t, f_{t-1}),
                      b_t = lstm(x_t, b_{t+1}): x_t has no part in h_t, as if every
                      token was masked in turn
References: Devlin et al. (2019); Melamud, Goldberger & Dagan (2016), LSTMs.
"""

from typing import Any

import keras

from keraslm.layers import LSTM, BothSides, Dropout, TransformerBlock
from keraslm.masked.batches import NO_TARGET
from keraslm.masked.pieces import FIRST
from keraslm.masked.shape import TRANSFORMER, Shape


def new_network(
    shape: Shape, vocabulary_size: int, dropout: float = 0.0, seed: int | None = None
) -> keras.Model:
    """Build a network with fresh weights; it is plain Keras, for `compile` and `fit`.

        network.compile("adam", loss())
        network.fit(MaskedBatches(pieces, 0.15), epochs=3)

    Padding, id 0, is masked: it changes nothing of what is shown for a token.
    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    features = _attended if shape.model == TRANSFORMER else _read_from_both_sides
    x = features(ids, shape, vocabulary_size + FIRST, dropout, seed)
    logits = keras.layers.Dense(vocabulary_size)(x)
    return keras.Model(ids, logits, name=f"masked_{shape.model}")


def _attended(
    ids: Any, shape: Shape, size: int, dropout: float, seed: int | None
) -> Any:
    start = keras.initializers.RandomNormal(0.0, 1.0)
    x: Any = keras.layers.Embedding(
        size, shape.units, embeddings_initializer=start, mask_zero=True
    )(ids)
    for number in range(shape.layers):
        x = TransformerBlock(
            shape.heads,
            dropout=dropout,
            output_initializer="zeros",
            seed=None if seed is None else seed + number,
            causal=False,
        )(x)
    return keras.layers.LayerNormalization()(x)


def _read_from_both_sides(
    ids: Any, shape: Shape, size: int, dropout: float, seed: int | None
) -> Any:
    x = keras.layers.Embedding(size, shape.embedding, mask_zero=True)(ids)
    x = Dropout(dropout, seed=seed)(x) if dropout else x
    layer = LSTM(shape.units, return_sequences=True)
    x = BothSides()(keras.layers.Bidirectional(layer)(x))
    x = keras.layers.Dense(shape.units, activation="relu")(x)
    again = None if seed is None else seed + 1
    return Dropout(dropout, seed=again)(x) if dropout else x


def loss() -> keras.losses.Loss:
    """Give the mean nats of the masked tokens of a batch."""
    return keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=NO_TARGET
    )
