"""A maximum-entropy model: its gradient by definition, and what it comes to."""

import keras
import numpy as np
import pytest

from keraslm.models import lstm, maxent

pytestmark = pytest.mark.xla

TEXT = "abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n" * 4
SIZE = 7


def streams(ids):
    """The inputs and the targets of a stream."""
    return np.concatenate([[1], ids[:-1]]).astype(np.int32), ids


def slices_of(model, inputs):
    """Where the slice of each history of each token begins; (time, features)."""
    seen = np.concatenate([[1] * model.direct.reach, inputs]).astype(np.int32)
    return np.stack(model.direct.histories.starts(seen), axis=-1)


@pytest.mark.backends
def test_a_step_is_that_of_logistic_regression_on_one_hot_features(build, ids):
    model = build("maxent")
    table, bias = model.get_weights()
    inputs, targets = ids, np.roll(ids, 1, axis=1)
    model.compile(keras.optimizers.SGD(1.0))
    reported = model.train_on_batch(inputs, targets, return_dict=True)

    # logits = X W + b, X one-hot for each history, W[p, w] = D[p + w]
    starts = np.concatenate([slices_of(model, row) for row in inputs])  # (18, 4)
    x = np.zeros((18, len(table) - SIZE + 1))
    for row, places in zip(x, starts, strict=True):
        np.add.at(row, places, 1)
    w = np.stack([table[p : p + SIZE] for p in range(x.shape[1])])
    p = np.exp(x @ w + bias)
    p /= p.sum(axis=1, keepdims=True)
    y = np.eye(SIZE)[targets.ravel()]
    loss = -np.log(p[y == 1]).mean()
    d_logits = (p - y) / 18
    d_table = np.zeros(len(table))
    for place, row in enumerate(x.T @ d_logits):
        d_table[place : place + SIZE] += row

    assert reported["loss"] == pytest.approx(loss, abs=1e-5)
    assert reported["perplexity"] == pytest.approx(np.exp(loss), abs=1e-4)
    new_table, new_bias = model.get_weights()
    np.testing.assert_allclose(bias - new_bias, d_logits.sum(axis=0), atol=1e-5)
    np.testing.assert_allclose(table - new_table, d_table, atol=1e-5)


def test_all_features_of_an_order_reach_the_relative_frequencies(ask):
    model = maxent(SIZE, order=3, bits=20)
    language_model = ask(model)
    inputs, targets = streams(language_model.encoder.encode(TEXT))
    starts = np.unique(slices_of(model, inputs))
    assert np.diff(starts).min() >= SIZE  # no two histories share a weight
    steps = 200
    rate = keras.optimizers.schedules.CosineDecay(0.5, steps)
    model.compile(keras.optimizers.Adam(rate), jit_compile=False)
    model.fit(inputs[None], targets[None], epochs=steps, verbose=0)

    # P(w | u v) = count(u v w) / count(u v), across line ends
    older = np.concatenate([[1], inputs[:-1]])
    pairs, triples = np.zeros((SIZE,) * 2), np.zeros((SIZE,) * 3)
    np.add.at(pairs, (older, inputs), 1)
    np.add.at(triples, (older, inputs, targets), 1)
    likelihood = triples[older, inputs, targets] / pairs[older, inputs]
    best = np.exp(-np.log(likelihood).mean())
    assert language_model.perplexity(TEXT) == pytest.approx(best, rel=0.01)


def test_the_card_says_how_far_it_looks_back(ask, build):
    # trigrams see 2 tokens, and skip 1 the one before
    assert ask(build("maxent")).state_rule == "the last 3 tokens, across line ends"


def test_features_that_weigh_nothing_leave_the_network_as_it_is(ids):
    plain = lstm(SIZE, units=4)
    direct = lstm(SIZE, units=4, direct_order=4, skip=1, bits=8)
    *network, table = direct.get_weights()
    assert not table.any()
    plain.set_weights(network)
    np.testing.assert_array_equal(plain(ids), direct(ids))


def test_a_networks_logits_and_those_of_its_features_are_added(build, ids):
    direct = build("lstm-direct")
    plain = lstm(SIZE, units=4, layers=2)
    alone = maxent(SIZE, order=3, skip=1, bits=8)
    *network, table = direct.get_weights()
    plain.set_weights(network)
    alone.set_weights([table, np.zeros(SIZE)])
    expected = np.asarray(plain(ids)) + np.asarray(alone(ids))
    np.testing.assert_allclose(direct(ids), expected, atol=1e-5)
