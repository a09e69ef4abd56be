"""Products of groups with the matrix of their class, in a loop and with `keras.ops`."""

import numpy as np
import pytest

from keraslm.kernels.group_products import portable_group_products

tf = pytest.importorskip("tensorflow")

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(5, 2, 3)).astype("float32")  # (groups, tokens, width)
TABLE[3:] = 0  # no token fills the last two groups
KERNEL = RNG.normal(size=(3, 4, 3)).astype("float32")  # (classes, words, width)
OF_GROUP = np.array([1, 1, 0, 2, 2], "int32")  # a class of two groups, one of none
USED = 3
FILLED = (np.arange(5) < USED)[:, None, None]
WEIGHTS = RNG.normal(size=(5, 2, 4)) * FILLED


def run(products):
    """Give the products, and the gradients of a weighted sum of them."""

    @tf.function
    def graph(table, kernel):
        with tf.GradientTape() as tape:
            tape.watch((table, kernel))
            found = products(table, kernel)
            total = tf.reduce_sum(found * WEIGHTS.astype("float32"))
        return found, *map(tf.convert_to_tensor, tape.gradient(total, (table, kernel)))

    return [x.numpy() for x in graph(tf.constant(TABLE), tf.constant(KERNEL))]


def test_the_loop_gives_the_same_products_and_gradients():
    from keraslm.kernels.tensorflow.group_products import tensorflow_group_products

    looped = run(
        lambda x, k: tensorflow_group_products(x, k, tf.constant(OF_GROUP), USED)
    )
    plain = run(lambda x, k: portable_group_products(x, k, tf.constant(OF_GROUP)))
    for one, two in zip(looped, plain, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)


def test_the_products_are_those_of_each_group():
    found = np.asarray(portable_group_products(TABLE, KERNEL, OF_GROUP))
    for group, own in enumerate(OF_GROUP):
        np.testing.assert_allclose(
            found[group], TABLE[group] @ KERNEL[own].T, atol=1e-5
        )
