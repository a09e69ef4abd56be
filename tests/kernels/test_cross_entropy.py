"""The nats of the targets, against Keras's own and by hand."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.kernels.cross_entropy import cross_entropy, portable_cross_entropy
from keraslm.probes import gradient

pytestmark = pytest.mark.backends


def test_by_hand():
    # P(1) = e^2 / (e^1 + e^2 + e^3) = 0.244728; -log P = 1.407606
    assert float(cross_entropy(1, ops.array([1.0, 2.0, 3.0]))) == pytest.approx(
        1.407606, abs=1e-6
    )


def test_is_that_of_keras_also_for_large_logits():
    rng = np.random.default_rng(0)
    logits = (50 * rng.normal(size=(3, 4, 11))).astype(np.float32)
    targets = rng.integers(0, 11, (3, 4))
    expected = keras.losses.sparse_categorical_crossentropy(
        targets, logits, from_logits=True
    )
    found = cross_entropy(ops.array(targets), ops.array(logits))
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), ops.convert_to_numpy(expected), atol=1e-5
    )


def test_a_certain_word_costs_nothing_and_an_impossible_one_is_infinite():
    logits = ops.array([[0.0, -np.inf, -1e9]])
    found = [float(cross_entropy(ops.array([y]), logits)[0]) for y in range(3)]
    assert found == [0.0, np.inf, 1e9]


def test_the_gradient_is_that_of_the_portable_one():
    rng = np.random.default_rng(0)
    logits = (20 * rng.normal(size=(3, 4, 11))).astype(np.float32)
    targets = rng.integers(0, 11, (3, 4)).astype(np.int32)
    weights = rng.normal(size=(3, 4)).astype(np.float32)
    for one, two in zip(
        value_and_gradient(cross_entropy, targets, logits, weights),
        value_and_gradient(portable_cross_entropy, targets, logits, weights),
        strict=True,
    ):
        np.testing.assert_allclose(one, two, atol=1e-5)


def value_and_gradient(function, targets, logits, weights):
    value = ops.convert_to_numpy(function(targets, ops.array(logits)))
    return value, gradient(
        lambda x: ops.sum(function(targets, x) * ops.array(weights)), logits
    )


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a tape")
def test_the_gradient_is_the_softmax_less_the_target():
    import tensorflow as tf

    logits = tf.constant([[0.5, -1.0, 2.0, 2.0]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = cross_entropy(tf.constant([3]), logits)
    expected = keras.activations.softmax(logits) - np.eye(4)[[3]]
    np.testing.assert_allclose(tape.gradient(loss, logits), expected, atol=1e-7)
