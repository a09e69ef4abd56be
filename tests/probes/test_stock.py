"""Probes of models of Keras's own layers, and of adopted networks."""

import json

import keras
import numpy as np
import pytest
from keras import layers

import keraslm
from keraslm.adoption import adopt
from keraslm.errors import UsageError
from keraslm.models import lstm, recurrent
from keraslm.probes import activations, contributions, gradient_norms

SIZE, UNITS = 6, 4
KINDS = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}
IDS = np.random.default_rng(2).integers(0, SIZE, 9)


def stock(read, *, embed=None, time=None):
    """Give a network of Keras's own layers with weights far from zero."""
    embed = embed or layers.Embedding(SIZE, 3)
    network = keras.Sequential([keras.Input((time,)), embed, *read, layers.Dense(SIZE)])
    rng = np.random.default_rng(1)
    network.set_weights([rng.normal(0, 0.7, w.shape) for w in network.get_weights()])
    return network


def pair(kind, number=2):
    """Give the same model of Keras's layers, and as `keraslm.models` builds it."""
    read = [KINDS[kind](UNITS, return_sequences=True) for _ in range(number)]
    network = stock(read)
    ours = recurrent(SIZE, kind, embedding=3, units=UNITS, layers=number)
    weights = network.get_weights()
    ours.embed.set_weights(weights[:1])
    for place, layer in enumerate(ours.recurrent):
        own = weights[1 + 3 * place : 4 + 3 * place]
        for variable, value in zip(layer.cell_weights, own, strict=True):
            variable.assign(value)
    ours.predict_next.set_weights(weights[-2:])
    return keraslm.CausalLM(network), ours


@pytest.mark.backends
@pytest.mark.parametrize("kind", KINDS)
def test_stock_layers_are_probed_as_ours(kind):
    theirs, ours = pair(kind)
    found, expected = (gradient_norms(m, IDS, 3, 4) for m in (theirs, ours))
    assert found.states == expected.states
    np.testing.assert_allclose(found.norms, expected.norms, rtol=1e-5)
    parts = [contributions(m, IDS) for m in (theirs, ours)]
    for one, other in zip(*parts, strict=True):
        np.testing.assert_allclose(one.gradient(), other.gradient(), atol=1e-6)
    for layer in (1, 2):
        values = [activations(m, IDS, layer=layer).values for m in (theirs, ours)]
        np.testing.assert_allclose(*values, rtol=1e-5)


def test_contributions_sum_to_the_gradient_that_keras_takes():
    read = [
        layers.GRU(UNITS, return_sequences=True),
        layers.LayerNormalization(),
        layers.LSTM(UNITS + 1, return_sequences=True, use_bias=False),
        layers.Dropout(0.5),
    ]
    network = stock(read)
    model = keraslm.CausalLM(network)
    kernels = [read[0].cell.recurrent_kernel, read[2].cell.recurrent_kernel]
    inputs = np.array([[1, *IDS[:-1]]])

    def loss(values):
        with keras.StatelessScope(zip(kernels, values, strict=True)):
            logits = network(inputs)
        nats = keras.ops.sparse_categorical_crossentropy(
            IDS[None], logits, from_logits=True
        )
        return keras.ops.mean(nats)

    expected = keraslm.probes.gradient(loss, [kernel.value for kernel in kernels])
    for layer, gradient in zip(contributions(model, IDS), expected, strict=True):
        np.testing.assert_allclose(layer.gradient(), gradient, atol=1e-6)


def test_an_adopted_network_is_probed_as_itself(tmp_path):
    tokens = list("abcde\n")
    network = stock([layers.LSTM(UNITS, return_sequences=True)])
    network.save(tmp_path / "m.keras")
    (tmp_path / "t.json").write_text(json.dumps(tokens))
    model = adopt(tmp_path / "m.keras", tmp_path / "t.json")
    text = "abca\nedb"
    ids = model.encoder.encode(text)
    places = np.array([tokens.index(c) for c in "\n" + text])
    hidden = network.layers[0](places[None])
    hidden = keras.ops.convert_to_numpy(network.layers[1](hidden))[0]
    found = activations(model, text)
    assert found.tokens == tuple(text)
    np.testing.assert_allclose(found.values, hidden[1:], atol=1e-5)

    # the same network with our ids: <unk> has no place in it, so no probability
    ours = lstm(SIZE + 1, embedding=3, units=UNITS)
    embed, *cell, kernel, bias = network.get_weights()
    order = [5, 0, 1, 2, 3, 4]  # ours from 1 on
    ours.embed.set_weights([np.vstack([embed[5:], embed[order]])])
    for variable, value in zip(ours.recurrent[0].cell_weights, cell, strict=True):
        variable.assign(value)
    never = np.zeros((UNITS, 1)), [-1e9]
    ours.predict_next.set_weights(
        [np.hstack([never[0], kernel[:, order]]), np.hstack([never[1], bias[order]])]
    )
    norms = [gradient_norms(m, ids, 2, 3).norms for m in (model, ours)]
    np.testing.assert_allclose(*norms, rtol=1e-4)
    both = [contributions(m, ids)[0].gradient() for m in (model, ours)]
    np.testing.assert_allclose(*both, atol=1e-6)


def attention():
    ids = keras.Input((None,), dtype="int32")
    x = layers.Embedding(SIZE, 4)(ids)
    x = layers.LSTM(4, return_sequences=True)(x)
    x = layers.MultiHeadAttention(1, 4)(x, x, use_causal_mask=True)
    return keras.Model(ids, layers.Dense(SIZE)(x))


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (lambda: stock([layers.Dense(3)]), "recurrent layers whose state is carried"),
        (attention, "sees at least the last 256 tokens"),
        (
            lambda: stock([layers.GRU(3, activation="relu", return_sequences=True)]),
            "has relu and sigmoid",
        ),
        (
            lambda: stock([layers.SimpleRNN(3, "gelu", return_sequences=True)]),
            "has gelu",
        ),
    ],
)
def test_what_cannot_be_probed_says_why(network, message):
    model = keraslm.CausalLM(network())
    for probe in (contributions, gradient_norms, activations):
        with pytest.raises(UsageError, match=message):
            probe(model, IDS)


def test_a_network_is_told_how_to_become_a_model():
    with pytest.raises(UsageError, match=r"keraslm\.CausalLM\(network, tokens\)"):
        gradient_norms(stock([]), IDS)


def test_masked_ids_are_refused():
    read = [layers.LSTM(3, return_sequences=True)]
    embed = layers.Embedding(SIZE, 3, mask_zero=True)
    model = keraslm.CausalLM(stock(read, embed=embed))
    with pytest.raises(UsageError, match="mask_zero"):
        activations(model, [2, 0, 3])
    assert activations(model, [2, 1, 3]).values.shape == (3, 3)


def test_a_matrix_that_is_used_twice_a_step_has_no_contributions():
    read = [layers.GRU(3, reset_after=False, return_sequences=True)]
    model = keraslm.CausalLM(stock(read))
    with pytest.raises(UsageError, match="uses U twice a step"):
        contributions(model, IDS)
    assert gradient_norms(model, IDS, 2, 2).joint.all()
