"""Networks that translate: an encoder reads the source, a decoder writes the target.

Math:   h_1, .., h_S = encoder(E x_1, .., E x_S)
        s_t = cell([F y_{t-1}, o_{t-1}], s_{t-1}),   y_0 = </s>,   s_0 the encoder's
              last state;   without attention s_t = cell(F y_{t-1}, s_{t-1})
        A_tj = softmax over j of score(s_t, h_j),   c_t = sum_j A_tj h_j
        o_t = tanh(W [c_t, s_t] + b), see `InputFeeding`;   without attention o_t = s_t
        P(y_t) = softmax(V o_t + d)
In training the decoder reads the target itself, one place late (teacher forcing), so
that all t are learnt at once.

References: Sutskever, Vinyals & Le (2014), without attention; Bahdanau, Cho & Bengio
    (2015), additive; Luong, Pham & Manning (2015), this order of steps, o_{t-1} fed;
    Williams & Zipser (1989), teacher forcing.
"""

from typing import Any

import keras
from keras import ops

from keraslm.layers import (
    GRU,
    LSTM,
    AdditiveAttention,
    DotProductAttention,
    Dropout,
    InputFeeding,
    SimpleRNN,
)
from keraslm.tasks.translation.shape import TRANSFORMER, TranslatorShape
from keraslm.tasks.translation.transformer import (
    transformer_decoder,
    transformer_encoder,
)

LAYERS = {"lstm": LSTM, "gru": GRU, "rnn": SimpleRNN}
PADDING = 0  # of the source


def new_network(
    shape: TranslatorShape,
    sources: int,
    targets: int,
    dropout: float = 0.0,
    seed: int | None = None,
) -> keras.Model:
    """Build a network with fresh weights; it is plain Keras, for `compile` and `fit`.

        network.compile("adam", loss(), metrics=[ExactAccuracy()])

    `network.get_layer("encoder")` and `"decoder"` are models of their own. Padding of
    the source, id 0, is read by no layer and attended to by none.

    Shapes: ids of the source (batch, sources), of what stands before each place of the
            target (batch, time) -> probabilities (batch, time, targets)
    """
    source = keras.Input((None,), dtype="int32", name="source")
    before = keras.Input((None,), dtype="int32", name="before")
    given = (shape, dropout, seed)
    if shape.model == TRANSFORMER:
        encoder = transformer_encoder(sources, *given)
        decoder = transformer_decoder(targets, *given)
    else:
        encoder = _encoder(sources, *given)
        decoder = _decoder(targets, *given)
    memory, *states = encoder(source)
    there = ops.not_equal(source, PADDING)
    shown = decoder([before, there, memory, *states])
    return keras.Model([source, before], shown, name=shape.model)


def _encoder(
    sources: int, shape: TranslatorShape, dropout: float, seed: int | None
) -> keras.Model:
    """Give the encoder: ids to h_1, .., h_S and the last states of every layer."""
    ids = keras.Input((None,), dtype="int32", name="source")
    x: Any = keras.layers.Embedding(sources, shape.embedding, mask_zero=True)(ids)
    last = []
    for number in range(shape.layers):
        x = dropped(x, dropout, seed, number)
        x, states = _read_both(x, shape) if shape.bidirectional else _read(x, shape)
        last += states
    return keras.Model(ids, [x, *last], name="encoder")


def _read(x: Any, shape: TranslatorShape) -> tuple[Any, list[Any]]:
    shown, *states = LAYERS[shape.model](shape.units, return_state=True)(x)
    return shown, states


def _read_both(x: Any, shape: TranslatorShape) -> tuple[Any, list[Any]]:
    """Read in both directions; a state is that of one beside that of the other."""
    layer = LAYERS[shape.model](shape.units // 2, return_state=True)
    shown, *both = keras.layers.Bidirectional(layer)(x)
    half = len(both) // 2
    pairs = zip(both[:half], both[half:], strict=True)
    return shown, [ops.concatenate(pair, axis=-1) for pair in pairs]


def _decoder(
    targets: int, shape: TranslatorShape, dropout: float, seed: int | None
) -> keras.Model:
    """Give the decoder: what stands before each place to P of what stands there."""
    before = keras.Input((None,), dtype="int32", name="before")
    there = keras.Input((None,), dtype="bool", name="there")
    memory = keras.Input((None, shape.units), name="memory")
    layers = [
        LAYERS[shape.model](shape.units, return_state=True) for _ in range(shape.layers)
    ]
    first = [
        [keras.Input((shape.units,)) for _ in layer.cell.states] for layer in layers
    ]
    s: Any = keras.layers.Embedding(targets, shape.embedding)(before)
    if shape.attention == "none":
        for number, (layer, states) in enumerate(zip(layers, first, strict=True)):
            s = dropped(s, dropout, seed, shape.layers + number)
            s, *_ = layer(s, initial_state=states)
    else:
        s = dropped(s, dropout, seed, shape.layers)
        given = [state for own in first for state in own]
        s = InputFeeding(layers, attention_of(shape))([s, memory, there, *given])
    o = dropped(s, dropout, seed, 2 * shape.layers)
    shown = keras.layers.Dense(targets, activation="softmax")(o)
    inputs = [before, there, memory, *(state for own in first for state in own)]
    return keras.Model(inputs, shown, name="decoder")


def attention_of(shape: TranslatorShape) -> keras.layers.Layer:
    """Give the layer that scores a step and the places of the source."""
    additive = shape.attention == "additive"
    return AdditiveAttention(shape.units) if additive else DotProductAttention()


def dropped(x: Any, dropout: float, seed: int | None, number: int) -> Any:
    """Drop a share of x in training."""
    if not dropout:
        return x
    return Dropout(dropout, seed=None if seed is None else seed + number)(x)
