"""The optimizers: their clipping, and the norm that they tell."""

import math

import keras
import numpy as np
import pytest

from keraslm import models
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration


def zeros():
    """A bigram without a hidden layer whose weights are 0."""
    model = models.bigram(3)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    return model


def compiled(model, **options):
    c = Configuration(learning_rate=1.0, optimizer="sgd", **options)
    model.compile(optimizer=new_optimizer(c), run_eagerly=True)
    return model


def step(model, ids, targets):
    given = np.array([ids]), np.array([targets])
    return float(model.train_on_batch(*given, return_dict=True)["loss"])


@pytest.mark.parametrize(
    ("clipping", "moved"),
    [
        ({"clip_norm": 0}, math.sqrt(12) / 3),
        ({"clip_norm": 0.5}, 0.5),
        ({"clip_norm": 2.0}, math.sqrt(12) / 3),  # it was below
        # entries +-1/4 and 1/4: six of them
        ({"clip_value": 0.25}, math.sqrt(6) / 4),
    ],
)
def test_the_norm_is_told_as_it_was_before_clipping(clipping, moved):
    model = compiled(zeros(), **clipping)
    before = model.get_weights()
    step(model, [1], [2])
    # p = 1/3 each; the gradient of a row of W and of the bias is (1/3, 1/3, -2/3):
    # |g|^2 = 2 (1 + 1 + 4) / 9 = 12 / 9
    norm = float(model.optimizer.gradient_norm)
    assert norm == pytest.approx(math.sqrt(12) / 3, rel=1e-6)
    pairs = zip(before, model.get_weights(), strict=True)
    change = math.sqrt(sum(np.sum((a - b) ** 2) for a, b in pairs))
    assert change == pytest.approx(moved, rel=1e-5)  # with a learning rate of 1


def test_a_word_that_stands_twice_is_clipped_as_one_row_of_the_gradient():
    model = models.lstm(7, embedding=4, units=5, seed=0)
    compiled(model, clip_norm=0.01)
    before = model.get_weights()
    step(model, [1, 1, 1, 1], [2, 2, 2, 2])
    assert float(model.optimizer.gradient_norm) > 0.01
    pairs = zip(before, model.get_weights(), strict=True)
    change = math.sqrt(sum(np.sum((a - b) ** 2) for a, b in pairs))
    assert change == pytest.approx(0.01, rel=1e-4)  # with a learning rate of 1


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam", "adamw"])
def test_every_optimizer_lowers_the_loss(optimizer):
    model = zeros()
    c = Configuration(learning_rate=0.1, optimizer=optimizer, weight_decay=0.01)
    model.compile(optimizer=new_optimizer(c), run_eagerly=True)
    losses = [step(model, [1, 2], [2, 1]) for _ in range(5)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < math.log(3)


def test_adamw_shrinks_weights_by_the_rate_times_the_decay():
    c = Configuration(optimizer="adamw", learning_rate=0.1, weight_decay=0.5)
    optimizer, weight = new_optimizer(c), keras.Variable([2.0, -4.0])
    optimizer.build([weight])
    optimizer.apply([keras.ops.zeros(2)], [weight])
    # w (1 - 0.1 x 0.5), and Adam's own step is 0 where the gradient is
    assert np.asarray(weight) == pytest.approx([1.9, -3.8])


@pytest.mark.parametrize("beta_1", [0.0, 0.5, 0.9])
def test_beta_1_is_how_much_of_the_steps_before_adam_keeps(beta_1):
    c = Configuration(optimizer="adam", learning_rate=0.1, beta_1=beta_1)
    optimizer, weight = new_optimizer(c), keras.Variable([0.0])
    optimizer.build([weight])
    optimizer.apply([keras.ops.ones(1)], [weight])
    first = float(weight.value[0])
    assert first == pytest.approx(-0.1, rel=1e-4)  # m / (1 - b) = 1, v / (1 - B) = 1
    optimizer.apply([keras.ops.zeros(1)], [weight])
    # m = b (1 - b), over 1 - b^2: b / (1 + b); v = B (1 - B), over 1 - B^2: about 1/2
    expected = 0.1 * beta_1 / (1 + beta_1) / math.sqrt(0.5)
    assert first - float(weight.value[0]) == pytest.approx(expected, rel=1e-3)
