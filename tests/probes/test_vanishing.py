"""How far back a loss reaches, against finite differences and by hand."""

import keras
import numpy as np
import pytest

from keraslm.errors import CorpusError, UsageError
from keraslm.layers import LSTM
from keraslm.models import lstm, ngram, recurrent, rnn
from keraslm.probes import gradient_norms

STEP = 1e-5  # of finite differences, in 64 bits


def differences(reference, ids, lag, layer, state):
    """Differentiate the loss of the last id by a state, a unit at a time."""
    place = (len(ids) - 1 - lag, layer, state)

    def loss(nudge):
        return reference.losses(ids, to_state=(*place, nudge))[-1]

    nudges = STEP * np.eye(reference.network.cells[0].units)
    return [(loss(nudge) - loss(-nudge)) / (2 * STEP) for nudge in nudges]


@pytest.mark.backends
def test_the_norms_are_those_of_finite_differences(network, ids, reference):
    lags = 3
    parts = [ids[:end] for end in range(lags + 1, len(ids) + 1)]  # up to each loss
    layers = network.recurrent
    places = [
        (n, k) for n in range(len(layers)) for k in range(len(layers[n].cell.states))
    ]
    expected = [
        [
            [differences(reference(network), part, lag, *place) for part in parts]
            for lag in range(lags + 1)
        ]
        for place in places
    ]
    norms = np.linalg.norm(expected, axis=-1)  # (states, lags, windows)
    joint = np.sqrt((norms**2).sum(axis=0)).mean(-1)
    found = gradient_norms(network, ids, lags, windows=len(parts))
    np.testing.assert_allclose(found.norms, norms.mean(-1), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.joint, joint, rtol=1e-4, atol=1e-6)


@pytest.mark.backends
def test_a_linear_unit_by_hand(one_unit):
    # W = b = 0: h = tanh(0) = 0 at every step, where tanh' = 1, so dh_t/dh_{t-1} = U.
    # All logits are 0, so p = 1/4 each; token 2 follows:
    # dJ/dh = sum_w p_w O_w - O_2 = (0 + 0 + 3 - 1) / 4 - 3 = -2.5
    # dJ_t/dh_{t-lag} = -2.5 U^lag with U = 0.5
    network = one_unit("tanh", inputs=0, recurrent=0.5, output_bias=[0] * 4)
    found = gradient_norms(network, [2] * 6, lags=3, windows=2)
    np.testing.assert_allclose(found.joint, [2.5, 1.25, 0.625, 0.3125], rtol=1e-6)
    assert found.table()["layer 1 h"].tolist() == found.joint.tolist()


def test_a_sigmoid_s_quarter_by_hand(one_unit):
    # The boundary has e = 0: h_1 = sigmoid(0) = 0.5. Token 2 has e = 1 and W = -0.5:
    # h_t = sigmoid(-0.5 + 1 * 0.5) = 0.5 again, where sigmoid' = 0.25 and U = 1.
    # The output's bias makes all logits 0: dJ/dh = -2.5 as above.
    # 0.25 x 0.25 x 0.25 = 0.0156
    bias = [0, 0, -1.5, 0.5]
    network = one_unit("sigmoid", inputs=-0.5, recurrent=1, output_bias=bias)
    found = gradient_norms(network, [2] * 6, lags=3, windows=3).joint / 2.5
    np.testing.assert_allclose(found, [1, 0.25, 0.0625, 0.015625], rtol=1e-6)


def test_a_sigmoid_takes_three_quarters_at_every_step_or_more():
    # sigmoid' <= 1/4, and an orthogonal U leaves lengths as they are.
    keras.utils.set_random_seed(0)
    network = rnn(9, embedding=8, units=16, activation="sigmoid")
    joint = gradient_norms(network, np.arange(60) % 9, lags=12, windows=8).joint
    assert np.all(joint[1:] <= 0.25 * joint[:-1] * (1 + 1e-5))
    assert joint[0] > 0.1


def test_an_lstm_keeps_what_a_simple_network_loses():
    ids = np.random.default_rng(0).integers(0, 30, 400)
    joint = {}
    for cell in ("rnn", "lstm"):
        keras.utils.set_random_seed(0)
        network = recurrent(30, cell, embedding=32, units=64)
        joint[cell] = gradient_norms(network, ids, lags=40, windows=32).joint
    factors = joint["rnn"][1:] / joint["rnn"][:-1]
    assert 0.5 < factors.min() < factors.max() < 0.85  # geometric
    assert factors.max() - factors.min() < 0.15
    kept = {cell: norms[40] / norms[0] for cell, norms in joint.items()}
    assert kept["lstm"] > 20 * kept["rnn"]


def kept_forever():
    """Give the weights of an LSTM with the gates i = 0, f = 1 and o = 1, exactly."""
    weights = np.random.default_rng(0).normal(0, 0.3, (2, 3, 12))
    # in 32 bits, sigmoid(-50 + something small) is 0 and sigmoid(50 + ..) is 1
    return [*weights, np.repeat([-50.0, 50.0, 0.0, 50.0], 3)]


class Reader(keras.Model):
    """Reads with a layer from a state."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, given):
        x, *states = given
        return self.layer(x, initial_state=states)


@pytest.mark.backends
def test_a_cell_is_kept_exactly_for_a_thousand_steps():
    layer = LSTM(3, return_state=True)
    layer.build((2, 1000, 3))
    layer.set_weights(kept_forever())
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, 1000, 3)).astype("float32")
    h, c = rng.normal(size=(2, 2, 3)).astype("float32")
    _, last_h, last_c = Reader(layer).predict_on_batch([x, h, c])
    assert last_c.tolist() == c.tolist()
    np.testing.assert_allclose(last_h, np.tanh(c), rtol=1e-6)


@pytest.mark.backends
def test_a_kept_cell_has_the_same_gradient_at_every_lag():
    # c = 0 is kept, so h = o tanh(c) has dh/dc = o (1 - tanh(0)^2) = 1: the gradient by
    # c, through h, is that by h at lag 0, and no number of steps takes any of it.
    network = lstm(5, embedding=3, units=3)
    network.recurrent[0].set_weights(kept_forever())
    found = gradient_norms(network, np.arange(101) % 5, lags=100, windows=1)
    h, c = found.norms
    assert h[0] > 0.1
    assert set(c[1:].tolist()) == {h[0]}
    assert set(h[1:].tolist()) == {0.0}  # the gates are shut to it
    assert c[0] == 0  # the loss sees c from the next step on


def test_the_table_names_its_axes(build, ids):
    table = gradient_norms(build("lstm"), ids, lags=2, windows=2).table()
    names = ["layer 1 h", "layer 1 c", "layer 2 h", "layer 2 c", "joint"]
    assert table.columns.tolist() == names
    assert table.index.tolist() == [0, 1, 2]
    assert table.index.name == "lag"


def test_what_is_refused(build, ids):
    network = build("rnn")
    with pytest.raises(UsageError, match="received 5 with 7 tokens and 3 lags"):
        gradient_norms(network, ids, lags=3, windows=5)
    with pytest.raises(UsageError, match="0 or more; received -1"):
        gradient_norms(network, ids, lags=-1)
    with pytest.raises(UsageError, match="has no vocabulary"):
        gradient_norms(network, "abc")
    with pytest.raises(UsageError, match="from 0 to 4; received 1 to 5"):
        gradient_norms(network, [1, 5])
    with pytest.raises(UsageError, match=r"row of ids; received the shape \(1, 7\)"):
        gradient_norms(network, ids[None])
    with pytest.raises(CorpusError, match="at least one token"):
        gradient_norms(network, [])
    with pytest.raises(UsageError, match=r"recurrent layers .*; ngram sees the last 1"):
        gradient_norms(ngram(5, context=1), ids)


def test_features_beside_the_states_are_refused():
    network = lstm(5, units=3, direct_order=2, bits=6)
    with pytest.raises(UsageError, match="without `direct_order`"):
        gradient_norms(network, np.array([1, 2, 3]), lags=1, windows=1)
