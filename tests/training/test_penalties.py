"""L1 and L2 of the features' weights: the proximal step, and where it leads."""

import keras
import numpy as np
import pytest

from keraslm.models import MaxEntModel, RecurrentModel
from keraslm.training.carried import CarriedModel
from keraslm.training.configuration import Configuration
from keraslm.training.optimizers import new_optimizer
from keraslm.training.penalties import shrunk

IDS = np.array([[1, 2, 1, 2, 1, 3]], np.int32)
TARGETS = np.array([[2, 1, 2, 1, 3, 1]])


def fit(model, steps, **options):
    model.build_weights()
    fitted = CarriedModel(model, rows=1)
    jit = keras.backend.backend() != "torch"
    fitted.compile(new_optimizer(Configuration(**options)), jit_compile=jit)
    for _ in range(steps):
        fitted.forget()
        fitted.train_on_batch({"ids": IDS}, TARGETS, np.ones((1, 6), "float32"))
    return model.get_weights()


def test_a_weight_by_hand():
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
def test_l1_leaves_weights_at_zero_where_the_gradient_is_smaller():
    options = {"optimizer": "sgd", "learning_rate": 1.5}
    l1 = 0.02
    model = MaxEntModel(4, order=2, bits=8)
    bias, table = fit(model, 500, l1=l1, **options)
    starts = model.direct.bases(IDS[0])[0]
    x = np.zeros((6, 253))
    x[np.arange(6), starts] = 1
    w = np.stack([table[p : p + 4] for p in range(253)])
    p = np.exp(x @ w + bias)
    p /= p.sum(axis=1, keepdims=True)
    d_logits = (p - np.eye(4)[TARGETS[0]]) / 6
    gradient = np.zeros(256)
    for place, row in enumerate(x.T @ d_logits):
        gradient[place : place + 4] += row
    # at the minimum: gradient = -l1 sign(w) where w is not zero, else |gradient| <= l1
    on = table != 0
    assert 0 < on.sum() < 12  # of 3 histories and 4 outputs
    np.testing.assert_allclose(gradient[on], -l1 * np.sign(table[on]), atol=2e-3)
    assert abs(gradient[~on]).max() <= l1 + 2e-3


def test_only_the_features_weights_are_penalised():
    def weights(**options):
        keras.utils.set_random_seed(0)
        model = RecurrentModel(4, units=3, layers=1, direct_order=2, bits=8)
        return fit(model, 1, optimizer="sgd", learning_rate=0.1, **options)

    *network, table = weights()
    *same, shrunken = weights(l2=10.0)
    for one, two in zip(network, same, strict=True):
        np.testing.assert_array_equal(one, two)
    # 1 + 0.1 x 10 = 2
    np.testing.assert_allclose(shrunken, table / 2, rtol=1e-6)
    assert table.any()
