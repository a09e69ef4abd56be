"""Networks that see both sides of a mask: a transformer, or LSTMs in both directions.

Math:   x_t = E[w_t], of the mask too
        transformer   h = norm(block_L(.. block_1(x))), see `TransformerBlock`, in
                      which every position sees all others
        bilstm        h_t = [f_t, b_t] of the last layer, f_t = lstm(x_t, f_{t-1}),
                      b_t = lstm(x_t, b_{t+1})
        P(w at t) = softmax(W h_t + c)
References: Devlin et al. (2019); Melamud, Goldberger & Dagan (2016), LSTMs.
"""

from typing import Any

import keras

from keraslm.layers import LSTM, Dropout, TransformerBlock
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
    seeds = [None if seed is None else seed + k for k in range(shape.layers + 1)]
    ids = keras.Input((None,), dtype="int32", name="ids")
    is_transformer = shape.model == TRANSFORMER
    start = keras.initializers.RandomNormal(0.0, 1.0) if is_transformer else "uniform"
    x: Any = keras.layers.Embedding(
        vocabulary_size + FIRST,
        shape.units,
        embeddings_initializer=start,
        mask_zero=True,
    )(ids)
    for number in range(shape.layers):
        if is_transformer:
            x = TransformerBlock(
                shape.heads,
                dropout=dropout,
                output_initializer="zeros",
                seed=seeds[number],
                causal=False,
            )(x)
            continue
        x = Dropout(dropout, seed=seeds[number])(x) if dropout else x
        layer = LSTM(shape.units, return_sequences=True)
        x = keras.layers.Bidirectional(layer)(x)
    x = keras.layers.LayerNormalization()(x) if is_transformer else x
    x = Dropout(dropout, seed=seeds[-1])(x) if dropout else x
    logits = keras.layers.Dense(vocabulary_size)(x)
    return keras.Model(ids, logits, name=f"masked_{shape.model}")


def loss() -> keras.losses.Loss:
    """Give the mean nats of the masked tokens of a batch."""
    return keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=NO_TARGET
    )
