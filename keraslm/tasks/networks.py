"""Networks of tasks: an embedding, recurrent layers, a softmax over tags or labels.

Math:   x_t = E[w_t],   f_t = cell(x_t, f_{t-1}),   b_t = cell(x_t, b_{t+1})
        h_t = [f_t, b_t], of one direction f_t
        attention   h = norm(block_L(.. block_1(U x))), see `TransformerBlock`, in which
                    every word sees all others
        tags     P(tag of w_t) = softmax(W h_t + c)
        labels   P(label) = softmax(W p + c), with p one of
                 last [f_T, b_1], mean of h_t, max of h_t by unit;
                 of a bag of words p = relu(V mean of x_t + d), which has no order
References: Schuster & Paliwal (1997), both directions; Graves & Schmidhuber (2005);
    Iyyer et al. (2015), a bag of words; Collobert & Weston (2008), the max; Vaswani et
    al. (2017), attention.
"""

from typing import Any

import keras

from keraslm.layers import (
    GRU,
    LSTM,
    Dropout,
    MaskedMax,
    RMSNorm,
    SimpleRNN,
    TransformerBlock,
)
from keraslm.tasks.shape import ATTENTION, BAG, Shape

LAYERS = {"lstm": LSTM, "gru": GRU, "rnn": SimpleRNN}


def new_network(
    shape: Shape, words: int, labels: int, dropout: float = 0.0, seed: int | None = None
) -> keras.Model:
    """Build a network with fresh weights; it is plain Keras, for `compile` and `fit`.

        network.compile("adam", loss(), metrics=[ExactAccuracy()])

    Padding, id 0, is masked: it changes nothing of what is shown for a word.
    Shapes: ids (batch, time) -> probabilities (batch, time, tags), or (batch, labels)
    """
    ids = keras.Input((None,), dtype="int32", name="words")
    x: Any = keras.layers.Embedding(words, shape.embedding, mask_zero=True)(ids)
    if shape.model == BAG:
        x = keras.layers.GlobalAveragePooling1D()(x)
        x = keras.layers.Dense(shape.units, activation="relu")(x)
    elif shape.kind.cell == ATTENTION:
        x = _attending(x, shape, dropout, seed)
    else:
        x = _recurrent(x, shape, dropout, seed)
    x = _dropped(x, dropout, seed, shape.layers)
    shown = keras.layers.Dense(labels, activation="softmax", name="labels")(x)
    return keras.Model(ids, shown, name=shape.model)


def _recurrent(x: Any, shape: Shape, dropout: float, seed: int | None) -> Any:
    cell, both, pool = shape.kind
    for number in range(shape.layers):
        x = _dropped(x, dropout, seed, number)
        ends = pool == "last" and number == shape.layers - 1
        layer = LAYERS[cell](shape.units, return_sequences=not ends)
        x = keras.layers.Bidirectional(layer)(x) if both else layer(x)
    if pool == "mean":
        return keras.layers.GlobalAveragePooling1D()(x)
    return MaskedMax()(x) if pool == "max" else x


def _attending(x: Any, shape: Shape, dropout: float, seed: int | None) -> Any:
    x = keras.layers.Dense(shape.units, use_bias=False)(x)
    for number in range(shape.layers):
        x = TransformerBlock(
            shape.heads or 1,
            dropout=dropout,
            seed=None if seed is None else seed + 1000 * (number + 1),
            causal=False,
        )(x)
    x = RMSNorm()(x)
    return keras.layers.GlobalAveragePooling1D()(x) if shape.kind.pool else x


def _dropped(x: Any, dropout: float, seed: int | None, number: int) -> Any:
    if not dropout:
        return x
    return Dropout(dropout, seed=None if seed is None else seed + number)(x)
