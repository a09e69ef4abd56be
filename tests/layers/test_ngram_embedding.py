"""Vectors of n-grams: by hand, read in parts, and each of its own length."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keraslm.errors import UsageError
from keraslm.inference.ngram_vectors import NgramVectors
from keraslm.layers import NgramEmbedding
from keraslm.outputs.ngram_rows import NgramRows

IDS = np.array([[0, 5, 2, 2, 1], [3, 3, 3, 0, 4]], np.int32)


def filled(order=3, bits=4):
    layer = NgramEmbedding(order, 2, bits)
    layer.build((None, None))
    assert not np.any(layer.get_weights()[0])
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def array(x):
    return ops.convert_to_numpy(x)


def test_a_row_by_hand():
    # the pair 7, 9 is of kind 2: (2 + 7) 20333 mod 32749 = 19252, and
    # (19252 + 9) 20333 mod 32749 = 21371; by the other prime 9 x 12671 mod 32719
    # = 15882, (15882 + 9) 12671 mod 32719 = 2135; (2^15 21371 + 2135) mod 2^4 = 7
    g, h = 2, 2
    for token in (7, 9):
        g, h = (g + token) * 20333 % 32749, (h + token) * 12671 % 32719
    assert (g, h, (2**15 * g + h) % 2**4) == (21371, 2135, 7)
    (rows,) = NgramRows(2, 4).rows(np.array([[7, 9]], np.int32))
    assert rows == [[7]]


@pytest.mark.backends
def test_the_vectors_are_a_sum_of_rows():
    layer = filled()
    (table,) = layer.get_weights()
    of_pairs, of_triples = NgramRows(2, 4), NgramRows(3, 4)
    for row, vectors in zip(IDS, array(layer(IDS)), strict=True):
        text = [1, 1, *row]  # line boundaries stand before it
        for place, vector in enumerate(vectors):
            triple = np.array([text[place : place + 3]], np.int32)
            (pair,) = of_pairs.rows(triple[:, 1:])
            first, second = of_triples.rows(triple)
            # pairs have the first 2^4 rows, whatever stands before; triples the others
            assert first == pair
            assert 0 <= first < 16 <= second < 32
            expected = table[first[0, 0]] + table[second[0, 0]]
            np.testing.assert_allclose(vector, expected, rtol=1e-6)
    on_numpy = NgramVectors(of_triples, table)
    seen = np.concatenate([np.ones((2, 2), np.int32), IDS], axis=1)
    np.testing.assert_allclose(on_numpy.of(seen), array(layer(IDS)), rtol=1e-6)


@pytest.mark.backends
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 5), st.sampled_from([2, 4]))
def test_parts_give_what_the_whole_gives(cut, order):
    layer = filled(order)
    state, parts = layer.get_initial_state(2), []
    for part in np.split(IDS, [cut], axis=1):
        shown, state = layer.read(ops.convert_to_tensor(part), state)
        parts.append(array(shown))
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), array(layer(IDS)))


def test_arguments():
    again = NgramEmbedding.from_config(filled().get_config())
    assert (again.order, again.width, again.bits) == (3, 2, 4)
    with pytest.raises(UsageError, match=r"dropout must lie in \[0, 1\); received 1"):
        NgramEmbedding(2, 2, dropout=1.0)
    for order, bits, said in (
        (1, 4, "input_order must be 2 to 8; received 1"),
        (9, 4, "input_order must be 2 to 8; received 9"),
        (2, 0, "input_bits must be 1 to 22; received 0"),
    ):
        with pytest.raises(UsageError, match=said):
            NgramEmbedding(order, 2, bits)


@pytest.mark.backends
def test_a_share_of_the_ngrams_is_left_out_in_training():
    layer = NgramEmbedding(2, 3, bits=2, dropout=0.25, seed=1)
    layer.build((None, None))
    layer.set_weights([np.ones((4, 3))])
    ids = np.zeros((40, 50), np.int32)
    found = array(layer(ids, training=True))
    # a pair that stays makes up for those that go: 1 / (1 - 1/4)
    assert set(np.unique(found.round(5))) == {0, np.float32(1.33333)}
    assert (found.max(axis=-1) == found.min(axis=-1)).all()
    # a standard deviation is sqrt(1/4 3/4 / 2000) = 0.01
    assert np.mean(found == 0) == pytest.approx(0.25, abs=0.05)
    np.testing.assert_array_equal(array(layer(ids)), 1)
