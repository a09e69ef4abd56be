"""Networks that tag: an embedding, recurrent layers, a softmax over tags.

Math:   x_t = E[w_t],   f_t = cell(x_t, f_{t-1}),   b_t = cell(x_t, b_{t+1})
        P(tag of w_t) = softmax(W [f_t, b_t] + c), without b_t of one direction
References: Schuster & Paliwal (1997), both directions; Graves & Schmidhuber (2005).
"""

from typing import Any

import keras

from keraslm.layers import GRU, LSTM, Dropout, SimpleRNN
from keraslm.tasks.shape import Shape

LAYERS = {"lstm": LSTM, "gru": GRU, "rnn": SimpleRNN}


def new_network(
    shape: Shape, words: int, tags: int, dropout: float = 0.0, seed: int | None = None
) -> keras.Model:
    """Build a network with fresh weights; it is plain Keras, for `compile` and `fit`.

        network.compile("adam", loss(), metrics=[WordAccuracy()])

    Padding, id 0, is masked: it changes nothing of what is shown for a word.
    Shapes: ids (batch, time) -> probabilities (batch, time, tags)
    """
    ids = keras.Input((None,), dtype="int32", name="words")
    x: Any = keras.layers.Embedding(words, shape.embedding, mask_zero=True)(ids)
    for number in range(shape.layers):
        x = _dropped(x, dropout, seed, 2 * number)
        layer = LAYERS[shape.cell](shape.units)
        x = keras.layers.Bidirectional(layer)(x) if shape.both else layer(x)
    x = _dropped(x, dropout, seed, 2 * shape.layers)
    shown = keras.layers.Dense(tags, activation="softmax", name="tags")(x)
    return keras.Model(ids, shown, name=shape.model)


def _dropped(x: Any, dropout: float, seed: int | None, number: int) -> Any:
    if not dropout:
        return x
    return Dropout(dropout, seed=None if seed is None else seed + number)(x)
