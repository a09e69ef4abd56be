"""Networks that see both sides of a token: BERT, or two networks, one from each side.

Math:   x_t = E[w_t],   P(w at t) = softmax(W h_t + c)
        bert          h = norm(block_L(.. block_1(x))), see `TransformerBlock`, in which
                      every position sees all others; x_t is that of the mask
        bilstm        h_t = relu(V [f_{t-1}, b_{t+1}] + d),   f_t = lstm(x_t, f_{t-1}),
                      b_t = lstm(x_t, b_{t+1})
        transformer   h_t = relu(V norm([f_{t-1}, b_{t+1}]) + d),   f_t of blocks in
                      which it sees w_1 .. w_t, b_t of others, where it sees w_t .. w_n
The last two do not see w_t in h_t, as if every token was masked in turn.
References: Devlin et al. (2019); Melamud, Goldberger & Dagan (2016), LSTMs; Baevski,
            Edunov, Liu, Zettlemoyer & Auli (2019), transformers.
"""

from typing import Any

import keras

from keraslm.layers import LSTM, BothSides, Dropout, TransformerBlock
from keraslm.masked.batches import NO_TARGET
from keraslm.masked.pieces import FIRST
from keraslm.masked.shape import Shape


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
    start = (
        keras.initializers.RandomNormal(0.0, 1.0) if shape.is_attending else "uniform"
    )
    size = vocabulary_size + FIRST
    x = keras.layers.Embedding(size, shape.embedding, start, mask_zero=padded)(ids)
    if shape.masks:
        x = _attended(x, shape, dropout, seed, causal=False)
        x = keras.layers.LayerNormalization()(x)
    else:
        x = _seen_from_both_sides(x, shape, dropout, seed)
    logits = keras.layers.Dense(vocabulary_size)(x)
    return keras.Model(ids, logits, name=f"masked_{shape.model}")


def _attended(
    x: Any,
    shape: Shape,
    dropout: float,
    seed: int | None,
    causal: bool = True,
    backwards: bool = False,
) -> Any:
    first = shape.layers if backwards else 0
    for number in range(first, first + shape.layers):
        x = TransformerBlock(
            shape.heads,
            dropout=dropout,
            output_initializer="zeros",
            seed=None if seed is None else seed + number,
            causal=causal,
            backwards=backwards,
        )(x)
    return x


def _seen_from_both_sides(
    x: Any, shape: Shape, dropout: float, seed: int | None
) -> Any:
    if shape.is_attending:
        sides = [
            _attended(x, shape, dropout, seed, backwards=backwards)
            for backwards in (False, True)
        ]
        x = BothSides()(keras.layers.Concatenate()(sides))
        x = keras.layers.LayerNormalization()(x)
    else:
        x = Dropout(dropout, seed=seed)(x) if dropout else x
        layer = LSTM(shape.units, return_sequences=True)
        x = BothSides()(keras.layers.Bidirectional(layer)(x))
    x = keras.layers.Dense(shape.units, activation="relu")(x)
    again = None if seed is None else seed + 2 * shape.layers
    return Dropout(dropout, seed=again)(x) if dropout else x


def loss() -> keras.losses.Loss:
    """Give the mean nats of the masked tokens of a batch."""
    return keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=NO_TARGET
    )
