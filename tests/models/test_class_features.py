"""Hashed features of the history with the class softmax: P(c | h), P(w | c, h)."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax
from keraslm.models import lstm, maxent
from keraslm.probes import gradient

SIZE = 7
CLASSES = [0, 2, 0, 1, 1, 0, 2]


@pytest.fixture(params=["maxent-classes", "lstm-direct-classes"])
def model(request, build):
    return build(request.param)


def set_precision(name):
    keras.config.set_floatx(name)
    keras.config.set_dtype_policy(name)


@pytest.fixture
def double():
    """Let weights made in this test be of 64 bits."""
    set_precision("float64")
    yield
    set_precision("float32")


def from_call(model, ids, targets):
    log_p = ops.take_along_axis(model(ids), targets[..., None], axis=-1)
    return -log_p[..., 0]


def from_nats(model, ids, targets):
    shown, _ = model.read(ids, model.initial_states(len(ids)))
    return model.nats(shown, targets)


def test_in_64_bits_probabilities_sum_to_one_and_are_those_of_the_loss(
    double, model, ids
):
    log_p = ops.convert_to_numpy(model(ids))
    assert log_p.dtype == np.float64
    for word in range(SIZE):
        nats = ops.convert_to_numpy(from_nats(model, ids, np.full_like(ids, word)))
        np.testing.assert_allclose(-nats, log_p[..., word], rtol=1e-12)
    np.testing.assert_allclose(np.exp(log_p).sum(axis=-1), 1, rtol=0, atol=1e-14)
    table = ops.convert_to_numpy(model.direct.table)
    assert np.abs(table).min() > 0


@pytest.mark.backends
def test_the_gradient_of_the_loss_is_that_of_the_log_probability(model, ids):
    targets, variables = np.roll(ids, 1, axis=1), model.trainable_weights

    def total(nats):
        def function(values):
            with keras.StatelessScope(list(zip(variables, values, strict=True))):
                return ops.sum(nats(model, ids, targets))

        return function

    values = [ops.convert_to_numpy(v) for v in variables]
    found = gradient(total(from_nats), values)
    expected = gradient(total(from_call), values)
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-4)
    assert max(np.abs(g).max() for g in expected if g.size) > 0.5


def test_a_bigram_s_probabilities_by_hand():
    # words 0, 2 in class 0 and 1 in class 1; a history turns on b, b + 1, ..
    model = maxent(3, order=2, bits=8, softmax=ClassSoftmax([0, 1, 0]))
    start = int(model.direct.histories.starts(np.array([[2]], np.int32))[0][0, 0])
    table = np.zeros(256)
    # scores of the words 0, 1, 2 and of the classes 0, 1
    table[start : start + 5] = np.log([1, 5, 3, 9, 1])
    model.direct.set_weights([table])
    found = np.exp(ops.convert_to_numpy(model(np.array([[2]]))))[0, 0]
    # classes 9 : 1; in class 0, 1 : 3; the 5 of a word alone in its class is nothing
    np.testing.assert_allclose(found, [0.9 / 4, 0.1, 0.9 * 3 / 4], rtol=1e-6)


def test_features_that_weigh_nothing_leave_the_network_as_it_is(build, ids):
    direct = build("lstm-direct-classes")
    plain = lstm(SIZE, units=4, layers=2, softmax=ClassSoftmax(CLASSES))
    direct.direct.set_weights([np.zeros(2**8)])
    plain.embed.set_weights(direct.embed.get_weights())
    plain.predict_next.set_weights(direct.predict_next.get_weights())
    for one, two in zip(plain.recurrent, direct.recurrent, strict=True):
        one.set_weights(two.get_weights())
    np.testing.assert_array_equal(plain(ids), direct(ids))


def test_one_class_is_the_full_softmax(build, ids):
    full = build("maxent")
    table, bias = full.get_weights()
    sizes = {"order": 3, "skip": 1, "bits": 8}
    one = maxent(SIZE, **sizes, softmax=ClassSoftmax([0] * SIZE))
    # a class more, so D is of other places: with features of nothing, b is all
    full.set_weights([0 * table, bias])
    one.layers[-1].word_bias.assign(bias[None])
    expected = ops.log_softmax(full(ids))
    np.testing.assert_allclose(one(ids), expected, atol=1e-6)


def test_a_softmax_that_takes_no_scores_is_refused():
    with pytest.raises(UsageError, match="adaptive softmax scores words by the layers"):
        lstm(SIZE, softmax=AdaptiveSoftmax(SIZE, [2], [0.1]), direct_order=3, bits=8)


def test_a_text_is_scored_in_batches_as_token_by_token(model, ask, by_keras):
    language_model = ask(model)
    text = np.random.default_rng(4).integers(0, SIZE, 200)
    stream, expected = language_model.stream(), []
    for token in text.tolist():
        expected.append(stream.next_log_probabilities()[token])
        stream.push(token)
    found = language_model.log_probabilities(text)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    widest, scored = model.layers[-1].widest, 3 + 3  # classes, words of the largest
    features = model.direct.features
    assert model.numbers_per_token == widest + scored * features
