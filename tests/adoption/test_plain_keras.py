"""Networks in plain Keras, each adopted, written and opened again as itself."""

import json

import keras
import numpy as np
import pytest
from keras import layers, ops

import keraslm
from keraslm.adoption import adopt
from keraslm.errors import ModelFileError
from keraslm.layers import DirectFeatures, Dropout, OneHotDense, TiedEmbedding, Window
from keraslm.models.adopted import AdoptedRecurrent, AdoptedWindow

pytestmark = pytest.mark.long

TOKENS = list("\nabcde")
SIZE = len(TOKENS)
HISTORY = np.array([0, 1, 2, 3, 1, 2, 5, 4, 0, 2, 2, 1])  # a line end comes first
CARRIED, WINDOW = AdoptedRecurrent, AdoptedWindow


def stack(*middle, time=None, embed=None, last=None, **of_input):
    """Embed, read, predict."""
    given = keras.Input((time,), **of_input)
    embed = embed or layers.Embedding(SIZE, 4)
    return keras.Sequential([given, embed, *middle, last or layers.Dense(SIZE)])


def read(kind=layers.LSTM, units=4, **options):
    return kind(units, return_sequences=True, **options)


def vectors(*middle, time=None):
    """Read one-hot vectors."""
    given = keras.Input((time, SIZE))
    return keras.Sequential([given, *middle, layers.Dense(SIZE, activation="softmax")])


def branches():
    ids = keras.Input((None,), dtype="int32")
    x = layers.Embedding(SIZE, 4)(ids)
    both = [read(layers.GRU)(x), read(layers.SimpleRNN, 3)(x)]
    return keras.Model(ids, layers.Dense(SIZE)(layers.concatenate(both)))


def residual():
    ids = keras.Input((None,), dtype="int32")
    x = layers.Embedding(SIZE, 4)(ids)
    x = layers.LayerNormalization()(layers.add([x, read()(x)]))
    return keras.Model(ids, layers.Dense(SIZE)(x))


def nested():
    inner = keras.Sequential([keras.Input((None, 4)), read(), read(layers.GRU)])
    return stack(inner)


def tied():
    ids = keras.Input((None,), dtype="int32")
    embed = layers.ReversibleEmbedding(SIZE, 4)
    return keras.Model(ids, embed(read()(embed(ids)), reverse=True))


def softmax_layer():
    return stack(read(), layers.Dense(SIZE), last=layers.Softmax())


def attention(time=12):
    ids = keras.Input((time,), dtype="int32")
    x = layers.Embedding(SIZE, 4)(ids)
    x = layers.add([x, layers.MultiHeadAttention(2, 2)(x, x, use_causal_mask=True)])
    x = layers.Dense(4, activation="gelu")(layers.LayerNormalization()(x))
    return keras.Model(ids, layers.Dense(SIZE)(x))


def grouped_attention():
    ids = keras.Input((12,), dtype="int32")
    x = layers.Embedding(SIZE, 4)(ids)
    x = layers.GroupQueryAttention(2, 2, 1)(x, x, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(SIZE)(x))


def one_hot_in_the_graph():
    ids = keras.Input((None,), dtype="int32")
    return keras.Model(ids, layers.Dense(SIZE)(read()(ops.one_hot(ids, SIZE))))


def temperature():
    ids = keras.Input((None,), dtype="int32")
    logits = layers.Dense(SIZE)(read()(layers.Embedding(SIZE, 4)(ids)))
    return keras.Model(ids, logits / 2.0)


def our_window():
    ids = keras.Input((None,), dtype="int32")
    return keras.Model(ids, OneHotDense(SIZE, SIZE)(Window(2)(ids)))


def our_tied():
    ids = keras.Input((None,), dtype="int32")
    embed = TiedEmbedding(SIZE, 4)
    h = Dropout(0.5)(keraslm.layers.LSTM(4)(embed(ids)))
    return keras.Model(ids, embed(h, reverse=True))


def our_features():
    ids = keras.Input((None,), dtype="int32")
    logits = layers.Dense(SIZE)(read()(layers.Embedding(SIZE, 4)(ids)))
    return keras.Model(ids, logits + DirectFeatures(SIZE, 3, bits=8)(ids))


NETWORKS = {
    "lstm": (CARRIED, lambda: stack(read())),
    "gru": (CARRIED, lambda: stack(read(layers.GRU))),
    "gru, reset before": (CARRIED, lambda: stack(read(layers.GRU, reset_after=False))),
    "simple rnn": (CARRIED, lambda: stack(read(layers.SimpleRNN))),
    "relu": (CARRIED, lambda: stack(read(layers.SimpleRNN, activation="relu"))),
    "no bias": (CARRIED, lambda: stack(read(use_bias=False))),
    "three layers": (
        CARRIED,
        lambda: stack(read(), read(layers.GRU, 3), read(layers.SimpleRNN, 5)),
    ),
    "unrolled": (CARRIED, lambda: stack(read(unroll=True), time=12)),
    "dropout": (
        CARRIED,
        lambda: stack(
            layers.SpatialDropout1D(0.3), read(dropout=0.2, recurrent_dropout=0.2)
        ),
    ),
    "dense between": (
        CARRIED,
        lambda: stack(read(), layers.Dense(3, "relu"), layers.BatchNormalization()),
    ),
    "softmax": (
        CARRIED,
        lambda: stack(read(), last=layers.Dense(SIZE, activation="softmax")),
    ),
    "softmax layer": (CARRIED, softmax_layer),
    "time distributed": (
        CARRIED,
        lambda: stack(read(), last=layers.TimeDistributed(layers.Dense(SIZE))),
    ),
    "stateful": (CARRIED, lambda: stack(read(stateful=True), time=12, batch_size=1)),
    "masked line ends": (  # its outputs repeat at them, which no state tells
        WINDOW,
        lambda: stack(read(), embed=layers.Embedding(SIZE, 4, mask_zero=True)),
    ),
    "branches": (CARRIED, branches),
    "residual": (CARRIED, residual),
    "nested": (CARRIED, nested),
    "tied": (CARRIED, tied),
    "temperature": (CARRIED, temperature),
    "one-hot input": (CARRIED, lambda: vectors(read())),
    "one-hot in the graph": (CARRIED, one_hot_in_the_graph),
    "next token only": (CARRIED, lambda: stack(layers.LSTM(4))),
    "mixed float16": (CARRIED, lambda: stack(read(dtype="mixed_float16"))),
    "mixed bfloat16": (CARRIED, lambda: stack(read(dtype="mixed_bfloat16"))),
    "our window": (CARRIED, our_window),
    "our tied lstm": (CARRIED, our_tied),
    "our features": (CARRIED, our_features),
    "window of ids": (
        WINDOW,
        lambda: stack(layers.Flatten(), layers.Dense(5, "tanh"), time=12),
    ),
    "window of vectors": (WINDOW, lambda: vectors(layers.LSTM(4), time=12)),
    "window, both ways": (
        WINDOW,
        lambda: stack(layers.Bidirectional(layers.GRU(3)), time=12),
    ),
    "window, pooled": (WINDOW, lambda: stack(layers.GlobalAveragePooling1D(), time=12)),
    "convolution": (
        WINDOW,
        lambda: stack(layers.Conv1D(5, 3, padding="causal", activation="relu")),
    ),
    "attention": (WINDOW, attention),
    "grouped attention": (WINDOW, grouped_attention),
}


def new(build):
    network = build()
    rng = np.random.default_rng(1)
    drawn = [np.abs(rng.normal(0.3, 0.5, w.shape)) for w in network.get_weights()]
    signs = [rng.choice([-1, 1], w.shape) for w in network.get_weights()]
    positive = [
        w.path.endswith(("moving_variance", "seed_generator_state"))
        for w in network.weights
    ]
    network.set_weights(
        [w if p else w * s for w, s, p in zip(drawn, signs, positive, strict=True)]
    )
    return network


def saved(network, folder):
    """Write a network and its vocabulary; give both paths."""
    network.save(folder / "foreign.keras")
    (folder / "tokens.json").write_text(json.dumps(TOKENS))
    return folder / "foreign.keras", folder / "tokens.json"


def last_probabilities(network, history):
    """Ask a network what follows a history; shapes: (time,) -> (V,)."""
    one_hot = len(network.inputs[0].shape) == 3
    given = np.eye(SIZE, dtype=np.float32)[history] if one_hot else history
    shown = ops.convert_to_numpy(network(given[None])).astype(np.float64)
    row = shown.reshape(-1, SIZE)[-1]
    if row.min() >= 0 and abs(row.sum() - 1) < 1e-2:
        return row / row.sum()
    return np.exp(row - row.max()) / np.exp(row - row.max()).sum()


@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_itself_when_it_is_opened_again(tmp_path, name):
    kind, build = NETWORKS[name]
    network = new(build)
    adopt(*saved(network, tmp_path)).save(tmp_path / "model.keras")
    model = keraslm.load(tmp_path / "model.keras")
    assert isinstance(model.keras_model, kind)
    letters = "".join(TOKENS[i] for i in HISTORY[1:])  # a text starts after "\n"
    found = model.next_token_probabilities(letters)
    places = [model.vocabulary.tokens.index(token) for token in TOKENS]
    expected = last_probabilities(network, HISTORY)
    half = "mixed" in name
    np.testing.assert_allclose(found[places], expected, atol=5e-3 if half else 1e-5)
    own = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(
        ops.convert_to_numpy(own(HISTORY[None, :4])),
        ops.convert_to_numpy(model.keras_model(HISTORY[None, :4])),
        atol=1e-2 if half else 1e-5,
    )


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ("logits, h, c", r"save keras\.Model\(model\.inputs, model\.outputs\[0\]\)"),
        ("h, logits", r"model\.outputs\[1\]"),
        ("h, c", "none of the outputs has the vocabulary's 6 scores"),
    ],
)
def test_of_several_outputs_it_says_which_to_take(tmp_path, outputs, message):
    ids = keras.Input((None,), dtype="int32")
    shown, h, c = read(units=4, return_state=True)(layers.Embedding(SIZE, 4)(ids))
    ends = {"logits": layers.Dense(SIZE)(shown), "h": h, "c": c}
    network = keras.Model(ids, [ends[name] for name in outputs.split(", ")])
    with pytest.raises(ModelFileError, match=message):
        adopt(*saved(network, tmp_path))


def test_states_are_no_inputs(tmp_path):
    ids, h = keras.Input((None,), dtype="int32"), keras.Input((4,))
    shown = read(layers.GRU)(layers.Embedding(SIZE, 4)(ids), initial_state=h)
    network = keras.Model([ids, h], layers.Dense(SIZE)(shown))
    with pytest.raises(ModelFileError, match="which keraslm carries itself"):
        adopt(*saved(network, tmp_path))


@pytest.mark.parametrize(
    "build",
    [
        lambda: keraslm.models.gru(SIZE, embedding=3, units=4, direct_order=2, bits=8),
        lambda: keraslm.models.ngram(SIZE, context=3, embedding=3, hidden=(4,)),
        lambda: keraslm.CausalLM(stack(read())),
    ],
)
def test_a_model_that_was_saved_without_its_tokens_gets_them(tmp_path, build):
    ours = new(build)
    model = adopt(*saved(ours, tmp_path))
    assert isinstance(model.keras_model, AdoptedRecurrent)
    letters = "".join(TOKENS[i] for i in HISTORY[1:])
    found = model.next_token_probabilities(letters)
    places = [model.vocabulary.tokens.index(token) for token in TOKENS]
    expected = last_probabilities(ours, HISTORY)
    np.testing.assert_allclose(found[places], expected, atol=1e-5)
