"""Hashed features of the history: by hand, in NumPy, and against a one-hot product."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels import slices
from keraslm.layers import DirectFeatures

OUTPUTS = 6
IDS = np.array([[0, 5, 2, 2, 1], [3, 3, 3, 0, 4]], np.int32)


def filled(**how):
    layer = DirectFeatures(OUTPUTS, **{"order": 3, "skip": 1, "bits": 9, **how})
    layer.build((None, None, layer.features))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def contexts_of(layer, ids=IDS):
    return np.asarray(ops.convert_to_numpy(read(layer, ids)[0]))


def read(layer, ids, state=None, length=None):
    state = layer.get_initial_state(len(ids)) if state is None else state
    return layer.read_contexts(ops.convert_to_tensor(ids), state, length)


def test_a_place_by_hand():
    layer = DirectFeatures(1000, order=2, bits=10)
    # one history of the token 7, kind 1: (1 + 7) 20333 mod 32749 = 31668,
    # 8 x 12671 mod 32719 = 3211; (2^15 31668 + 3211) mod (2^10 - 1000 + 1 = 25) = 10
    assert (2**15 * (8 * 20333 % 32749) + 8 * 12671 % 32719) % 25 == 10
    assert contexts_of(layer, np.array([[7]], np.int32)) == [[[10]]]


@pytest.mark.backends
def test_tensors_are_hashed_as_numpy_arrays_are():
    layer = DirectFeatures(OUTPUTS, order=4, skip=2, bits=28)
    ids = np.array([[0, 2**31 - 1, 2**31 - 2, 5, 32749, 32748, 10**9]], np.int32)
    seen = np.concatenate([np.ones((1, layer.reach), np.int32), ids], axis=1)
    expected = np.stack(
        layer.histories.starts(seen.astype(object)), axis=-1
    )  # exact integers
    found = contexts_of(layer, ids)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, expected)
    assert found.min() >= 0
    assert found.max() <= 2**28 - OUTPUTS


@pytest.mark.backends
def test_the_scores_are_a_product_with_one_hot_features():
    layer = filled()
    contexts = contexts_of(layer)
    (table,) = layer.get_weights()
    # X[n, b(h)] = 1 for each history h; W[p, w] = D[p + w]
    features = np.zeros((10, 2**9 - OUTPUTS + 1))
    for row, starts in zip(features, contexts.reshape(10, -1), strict=True):
        np.add.at(row, starts, 1)
    weights = np.stack([table[p : p + OUTPUTS] for p in range(features.shape[1])])
    found = ops.convert_to_numpy(layer.all_scores(ops.convert_to_tensor(contexts)))
    expected = (features @ weights).reshape(2, 5, OUTPUTS)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_some_outputs_score_what_they_score_among_all():
    layer = filled()
    contexts = contexts_of(layer)
    some = np.array([[[0, 5]] * 5, [[3, 1]] * 5])
    expected = np.take_along_axis(np.asarray(layer.all_scores(contexts)), some, axis=-1)
    np.testing.assert_allclose(layer.scores(contexts, some), expected, atol=1e-6)


def test_a_history_is_the_last_tokens_or_those_before_the_newest():
    contexts = contexts_of(filled(), np.array([[3, 4, 3, 4, 5, 4]], np.int32))[0]
    # features: x_t; x_t-1 x_t; x_t-1; x_t-2 x_t-1
    at_4, again, other = contexts[1], contexts[3], contexts[5]
    assert list(at_4 == again) == [True, True, True, False]  # boundary 3 and 4 3
    assert list(at_4 == other) == [True, False, False, False]


def test_the_state_goes_on_where_a_window_or_its_first_tokens_ended():
    layer = filled()
    whole = contexts_of(layer)
    _, state = read(layer, IDS[:, :3])
    np.testing.assert_array_equal(read(layer, IDS[:, 3:], state)[0], whole[:, 3:])
    _, state = read(layer, IDS, length=3)
    np.testing.assert_array_equal(read(layer, IDS[:, 3:], state)[0], whole[:, 3:])


def test_only_the_newest_token_needs_no_state():
    layer = filled(order=2, skip=0)
    assert layer.get_initial_state(2) == []
    assert contexts_of(layer).shape == (2, 5, 1)


def test_histories_seldom_share_a_place():
    layer = DirectFeatures(1000, order=3, bits=20)
    ids = np.random.default_rng(0).integers(0, 10_000, (1, 20_000)).astype(np.int32)
    alone, pairs = contexts_of(layer, ids)[0].T
    # of n histories at random among m = 2^20 - 999 places, n^2 / 2m share one: 0.4%
    # of about 8,600 words, 1% of 20,000 pairs
    assert len(np.unique(alone)) >= 0.99 * len(np.unique(ids))
    assert len(np.unique(pairs)) >= 0.98 * 20_000


@pytest.mark.backends
def test_the_gradient_is_that_of_the_sums_by_definition():
    rng = np.random.default_rng(1)
    vector = rng.normal(size=40).astype(np.float32)
    bases = np.array([[0, 3], [3, 3], [35, 0]], np.int32)  # overlapping, repeated
    weights = rng.normal(size=(3, 5)).astype(np.float32)
    expected = np.zeros(40)
    for row, starts in enumerate(bases):
        for start in starts:
            expected[start : start + 5] += weights[row]
    found = keras_gradient(vector, bases, weights)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def keras_gradient(vector, bases, weights):
    """Differentiate sum(weights * sums of slices), in a compiled step of SGD."""

    class Sums(keras.Model):
        def __init__(self):
            super().__init__()
            self.vector = self.add_weight(vector.shape, initializer="zeros")
            self.vector.assign(vector)

        def call(self, bases):
            return slices.sum_of_slices(self.vector, bases, weights.shape[1])

    model = Sums()
    # a mean over rows, so the rows' number is multiplied back
    model.compile(
        keras.optimizers.SGD(1.0),
        loss=lambda y, sums: len(bases) * ops.sum(y * sums, axis=-1),
    )
    model.train_on_batch(bases, weights)
    return vector - model.get_weights()[0]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=8),
    st.integers(2, 5),
    st.integers(0, 2),
    st.integers(3, 28),
)
def test_every_slice_lies_within_the_weights(ids, order, skip, bits):
    layer = DirectFeatures(8, order, skip, bits)
    seen = np.array([[1] * layer.reach + ids], np.int32)
    starts = np.stack(layer.histories.starts(seen))
    assert starts.min() >= 0
    assert starts.max() + 8 <= 2**bits


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"order": 1}, "order 2 or more"),
        ({"skip": -1}, "received order 3, skip -1"),
        ({"bits": 2}, "at least the 6 outputs"),
        ({"bits": 29}, r"at most 2\^28; received 29 bits"),
    ],
)
def test_what_is_out_of_range_is_refused(how, message):
    with pytest.raises(UsageError, match=message):
        filled(**how)
