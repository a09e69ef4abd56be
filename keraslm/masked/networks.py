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
    shape: Shape,
    vocabulary_size: int,
    dropout: float = 0.0,
    seed: int | None = None,
    padded: bool = True,
) -> keras.Model:
    """Build a network with fresh weights; it is plain Keras, for `compile` and `fit`.

        network.compile("adam", loss())
        network.fit(MaskedBatches(pieces, 0.15), epochs=3)

    Padding, id 0, is masked: it changes nothing of what is shown for a token. A network
    of the same weights that is not `padded` has no masks, and is quicker.
    Shapes: ids (batch, time) -> logits (batch, time, vocabulary)
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    is_transformer = shape.model == TRANSFORMER
    start = keras.initializers.RandomNormal(0.0, 1.0) if is_transformer else "uniform"
    size = vocabulary_size + FIRST
    x = keras.layers.Embedding(size, shape.embedding, start, mask_zero=padded)(ids)
    features = _attended if is_transformer else _read_from_both_sides
    x = features(x, shape, dropout, seed)
    logits = keras.layers.Dense(vocabulary_size)(x)
    return keras.Model(ids, logits, name=f"masked_{shape.model}")


def _attended(x: Any, shape: Shape, dropout: float, seed: int | None) -> Any:
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
    x: Any, shape: Shape, dropout: float, seed: int | None
) -> Any:
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
