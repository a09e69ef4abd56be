"""One-hot and multi-hot vectors times a matrix, and windows of ids."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.layers import MultiHotDense, OneHot, OneHotDense, Window

IDS = np.array([[[0, 4, 4], [2, 0, 1], [3, 3, 3]]], np.int32)  # (1, time 3, context 3)
SIZE = 5


def filled(layer, ids):
    layer.build(ids.shape)
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def test_one_hot_vectors():
    expected = [[0, 0, 1, 0, 0], [1, 0, 0, 0, 0]]
    assert np.array_equal(OneHot(SIZE)(np.array([2, 0])), expected)


def test_a_lookup_is_the_product_with_one_hot_vectors():
    layer = filled(OneHotDense(2, SIZE), IDS)
    kernel, bias = layer.get_weights()
    # the real thing: 3 vectors of 5 beside each other, times W (15, 2)
    vectors = np.asarray(OneHot(SIZE)(IDS)).reshape(1, 3, 15)
    np.testing.assert_allclose(layer(IDS), vectors @ kernel + bias, atol=1e-6)


def test_the_order_of_the_words_counts():
    layer = filled(OneHotDense(2, SIZE), IDS)
    assert not np.allclose(layer(IDS), layer(IDS[..., ::-1]))


def test_a_lookup_is_the_product_with_a_multi_hot_vector():
    layer = filled(MultiHotDense(2, SIZE), IDS)
    kernel, bias = layer.get_weights()
    # 0 4 4 is {0, 4}; 2 0 1 is {0, 1, 2}; 3 3 3 is {3}: once, however often
    vectors = np.array([[[1, 0, 0, 0, 1], [1, 1, 1, 0, 0], [0, 0, 0, 1, 0]]])
    np.testing.assert_allclose(layer(IDS), vectors @ kernel + bias, atol=1e-6)


def test_a_bag_has_no_order():
    layer = filled(MultiHotDense(2, SIZE), IDS)
    np.testing.assert_allclose(layer(IDS), layer(IDS[..., ::-1]), atol=1e-6)


def test_a_window_by_hand():
    found = np.asarray(Window(3)(np.array([[7, 8, 9]])))  # boundaries before
    assert found.tolist() == [[[1, 1, 7], [1, 7, 8], [7, 8, 9]]]
    assert np.asarray(Window(1)(np.array([[7, 8]]))).tolist() == [[[7], [8]]]


def test_weights_counted_by_hand():
    # one-hot: 3 places x 5 words x 2 units + 2; a bag: 5 words x 2 units + 2
    assert filled(OneHotDense(2, SIZE), IDS).count_params() == 32
    assert filled(MultiHotDense(2, SIZE), IDS).count_params() == 12


@pytest.mark.parametrize("kind", [OneHotDense, MultiHotDense])
def test_the_configuration_makes_the_same_layer(kind):
    layer = filled(kind(2, SIZE), IDS)
    twin = filled(kind.from_config(layer.get_config()), IDS)
    np.testing.assert_array_equal(twin(IDS), layer(IDS))
    assert layer.compute_output_shape(IDS.shape) == (1, 3, 2)
    assert OneHot.from_config(OneHot(4).get_config()).vocabulary_size == 4
    assert Window.from_config(Window(4).get_config()).context == 4


def test_what_is_refused():
    with pytest.raises(UsageError, match="units must be 1 or more; received -1"):
        OneHotDense(-1, SIZE)
    with pytest.raises(UsageError, match="context must be 1 or more tokens"):
        Window(0)
