"""The mean of the weights: when it starts, what it holds, when it is used."""

import keras
import numpy as np
import pytest

from keraslm.callbacks.averaging import Averaging, averaged
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration


class Weighted:
    """As much of a Keras model as averaging needs: one weight."""

    def __init__(self, c):
        self.weight = keras.Variable(0.0)
        self.trainable_variables = [self.weight]
        self.optimizer = new_optimizer(c)
        self.optimizer.build(self.trainable_variables)


def steps(averaging, gradients):
    """Take steps of a rate of 1, and give the mean after each."""
    model, means = averaging.model, []
    for gradient in gradients:
        averaging.on_train_batch_begin(0)
        values = [np.float32(gradient)]
        model.optimizer.apply(values, model.trainable_variables)
        means.append(float(model.optimizer.averages[0]))
    return means


def averaging(steps=None, after=None):
    options = {"average_steps": steps or 1, "average_after": after}
    c = Configuration(optimizer="sgd", learning_rate=1.0, **options)
    made = Averaging(steps, after)
    made.set_model(Weighted(c))
    return made


def validated(averaging, *figures):
    for figure in figures:
        averaging.on_train_batch_end(0, {"exact_perplexity": figure})


def test_the_mean_of_all_steps_since_a_validation_was_worse():
    mean = averaging(after=1)
    # the weight goes 0 -> -1 -> -2; until averaging begins the mean is the weight
    assert steps(mean, [1, 1]) == [-1, -2]
    validated(mean, 3.0, 2.0)
    assert steps(mean, [1]) == [-3]
    validated(mean, 2.5)  # worse than 2.0
    # the weight goes -4 -> -6 -> -11: -4, (-4 - 6) / 2, (-4 - 6 - 11) / 3
    assert steps(mean, [1, 2, 5]) == pytest.approx([-4, -5, -7])


def test_patience_looks_at_validations_that_are_old_enough():
    mean = averaging(after=2)
    for nats in (1.0, 1.5):  # the best is only one validation old
        validated(mean, nats)
        assert steps(mean, [1, 1])[-1] == float(mean.model.weight)
    validated(mean, 1.2)  # worse than 1.0, two validations ago
    first, second = steps(mean, [2, 2])
    assert second == first - 1  # a mean of two weights that are 2 apart


def test_the_mean_of_the_last_steps_forgets_the_others():
    mean = averaging(steps=2)
    # weights -1, -3, -3: -1, (-1 - 3) / 2, then half way from -2 to -3
    assert steps(mean, [1, 2, 0]) == [-1, -2, -2.5]


def test_the_model_has_the_mean_for_a_while_and_its_weights_again():
    mean = averaging(steps=2)
    steps(mean, [1, 2])
    with pytest.raises(ZeroDivisionError), averaged(mean.model):
        assert float(mean.model.weight) == -2
        _ = 1 / 0
    assert float(mean.model.weight) == -3
    mean.on_train_end()
    assert float(mean.model.weight) == -2


def test_without_averaging_nothing_is_kept_or_moved():
    model = Weighted(Configuration(optimizer="sgd", learning_rate=1.0))
    model.optimizer.apply([np.float32(1)], model.trainable_variables)
    with averaged(model):
        assert float(model.weight) == -1
    assert model.optimizer.averages == []
