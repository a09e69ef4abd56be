"""The step of the features' weights: by hand, in a fit, and where penalties lead."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm import models
from keraslm.layers import DirectFeatures
from keraslm.training.feature_step import shrunk, step
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration

IDS = np.array([1, 2, 1, 2, 1, 3], np.int32)
TARGETS = np.array([2, 1, 2, 1, 3, 1])


def fit(model, epochs, time=6, **options):
    optimizer = new_optimizer(Configuration(**options), time)
    model.compile(optimizer)
    optimizer.build(model.trainable_variables)
    windows = -(-6 // time)
    padding = (0, windows * time - 6)
    padded = [np.pad(array, padding) for array in (IDS, TARGETS, np.ones(6, "float32"))]
    parts = [array.reshape(windows, 1, time) for array in padded]
    for _ in range(epochs):
        for x, y, weights in zip(*parts, strict=True):
            if optimizer.penalty_share is not None:
                optimizer.penalty_share.assign(weights.mean())
            model.train_on_batch(x, y, weights)
    return sorted(model.get_weights(), key=np.size)  # the features come last


def gradients(model, bias, table):
    """Of the mean nats, by definition, for features of order 2: of b and of D."""
    direct = next(x for x in model.layers if isinstance(x, DirectFeatures))
    starts = direct.histories.starts(IDS)[0]
    logits = np.stack([table[start : start + 4] for start in starts]) + bias
    p = np.exp(logits)
    p /= p.sum(axis=1, keepdims=True)
    d_logits = (p - np.eye(4)[TARGETS]) / 6
    gradient = np.zeros(256)
    for start, row in zip(starts, d_logits, strict=True):
        gradient[start : start + 4] += row
    return d_logits.sum(axis=0), gradient


@pytest.mark.backends
def test_a_step_by_hand():
    d = keras.Variable([1.0, 1.0, 1.0], dtype="float32")
    a = keras.Variable([9.0, 0.25, 1.0], dtype="float32")
    step(d, ops.convert_to_tensor([4.0, 0.0, -1.0]), a, 0.5, 0.0, 0.0)
    # A = 9 + 16, 0.25, 1 + 1;  D = 1 - 0.5 x 4 / 5, 1 - 0, 1 + 0.5 / sqrt 2
    np.testing.assert_allclose(ops.convert_to_numpy(a), [25, 0.25, 2], rtol=1e-6)
    found = ops.convert_to_numpy(d)
    np.testing.assert_allclose(found, [0.6, 1, 1 + 0.5 / 2**0.5], rtol=1e-6)


def test_the_penalties_by_hand():
    # (|w| - 0.5 x 0.2) / (1 + 0.5 x 2), and 0 where |w| is less than 0.1
    found = shrunk(np.array([1.1, -0.5, 0.05]), 0.5, 0.2, 2.0)
    np.testing.assert_allclose(found, [0.5, -0.2, 0], atol=1e-7)


def test_it_is_the_least_of_its_objective():
    grid = np.linspace(-2, 2, 400_001)
    for w in (-1.7, -0.1, 0.3, 1.2):
        cost = (grid - w) ** 2 / 2 + 0.3 * (0.7 * abs(grid) + 0.9 / 2 * grid**2)
        found = float(shrunk(np.float64(w), 0.3, 0.7, 0.9))
        assert found == pytest.approx(grid[cost.argmin()], abs=2e-5)


@pytest.mark.backends
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_two_steps_of_a_fit_are_those_of_adagrad(optimizer):
    model = models.maxent(4, order=2, bits=8)
    options = {"optimizer": optimizer, "learning_rate": 1e-6, "clip_norm": 1e-3}
    found = fit(model, 2, feature_rate=1e6, **options)[1]
    # the rate is 1e-6 x 1e6 = 1, nothing is clipped, and b hardly moves
    table, squares = np.zeros(256), np.full(256, 1 / 36)  # 6 tokens a step
    for _ in range(2):
        gradient = gradients(model, np.zeros(4), table)[1]
        squares += gradient**2
        table -= gradient / np.sqrt(squares)
    np.testing.assert_allclose(found, table, atol=1e-4)


@pytest.mark.backends
def test_l1_leaves_weights_at_zero_where_the_gradient_is_smaller():
    l1 = 0.02
    model = models.maxent(4, order=2, bits=8)
    bias, table = fit(model, 500, l1=l1, optimizer="sgd", learning_rate=1.0)
    gradient = gradients(model, bias, table)[1]
    # at the minimum: gradient = -l1 sign(w) where w is not zero, else |gradient| <= l1
    on = table != 0
    assert 0 < on.sum() < 12  # of 3 histories and 4 outputs
    np.testing.assert_allclose(gradient[on], -l1 * np.sign(table[on]), atol=2e-3)
    assert abs(gradient[~on]).max() <= l1 + 2e-3


# 5: one token is left to a step of its own; penalised like a full one, it ends 0.04 off
@pytest.mark.parametrize(("time", "off"), [(6, 2e-3), (5, 6e-3)])
def test_l2_comes_to_the_minimum_of_the_penalised_sum(time, off):
    l2 = 0.05
    model = models.maxent(4, order=2, bits=8)
    bias, table = fit(model, 500, time, l2=l2, optimizer="sgd", learning_rate=1.0)
    np.testing.assert_allclose(gradients(model, bias, table)[1], -l2 * table, atol=off)


def test_only_the_features_weights_are_penalised():
    def weights(**options):
        keras.utils.set_random_seed(0)
        model = models.lstm(4, embedding=3, units=3, direct_order=2, bits=8, seed=0)
        return fit(model, 1, optimizer="sgd", learning_rate=0.1, **options)

    *network, table = weights()
    *same, shrunken = weights(l2=10.0)
    for one, two in zip(network, same, strict=True):
        np.testing.assert_array_equal(one, two)
    on = table != 0
    assert (np.abs(shrunken[on]) < np.abs(table[on])).all()
