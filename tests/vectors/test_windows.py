"""Windows: who is whose neighbour, and how often words are dropped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.vectors.windows import keep_probabilities, windows_of

TEXTS = st.lists(st.integers(0, 5), min_size=1, max_size=300).map(np.array)


def pairs(ids, window, blocks=2, keep=None, seed=0):
    """List the pairs (centre, word in its window), in the order of the text."""
    keep = np.ones(6) if keep is None else keep
    found = []
    for seen in windows_of(ids, keep, 1, window, blocks, np.random.default_rng(seed)):
        block, row, column = np.nonzero(seen.inside)
        found += zip(seen.centres[block, row], seen.around[block, column], strict=True)
    return found


def near(ids, distance):
    """List the pairs at a distance by going through the lines."""
    text = " ".join(map(str, ids)).split("1")
    lines = [list(map(int, line.split())) for line in text]
    return [
        pair
        for line in lines
        for i, word in enumerate(line)
        for pair in ([(word, line[i - distance])] if i >= distance else [])
        + ([(word, line[i + distance])] if i + distance < len(line) else [])
    ]


@settings(max_examples=30)
@given(ids=TEXTS)
def test_windows_of_one_word_are_all_that_stands_beside_it(ids):
    assert pairs(ids, 1) == near(ids, 1)


@settings(max_examples=30)
@given(ids=TEXTS, window=st.integers(1, 4), blocks=st.integers(1, 3))
def test_no_window_has_what_is_too_far_or_on_another_line(ids, window, blocks):
    allowed = [pair for d in range(1, window + 1) for pair in near(ids, d)]
    count = {pair: allowed.count(pair) for pair in allowed}
    found = pairs(ids, window, blocks)
    assert all(found.count(pair) <= count.get(pair, 0) for pair in set(found))
    assert len(found) >= len(near(ids, 1))


def test_each_size_of_a_window_comes_as_often():
    # of 4 sizes, all reach 1 word away, 3 reach 2, 2 reach 3, 1 reaches 4
    ids = np.arange(20_000) % 40 + 2
    keep = np.ones(42)
    found = np.array(pairs(ids, 4, 8, keep))
    away = np.abs(found[:, 0] - found[:, 1])
    away = np.minimum(away, 40 - away)
    shares = np.bincount(away)[1:5] / (2 * len(ids))
    np.testing.assert_allclose(shares, [1, 0.75, 0.5, 0.25], atol=0.01)


def test_frequent_words_are_dropped_by_the_formula():
    # f = 0.9 and 0.1, t = 0.001: sqrt(1/900) + 1/900 and 0.1 + 0.01
    keep = keep_probabilities(np.array([0, 0, 900, 100]), 1e-3)
    assert keep[2:] == pytest.approx([1 / 30 + 1 / 900, 0.11])
    ids = np.random.default_rng(1).choice([2, 3], 100_000, p=[0.9, 0.1])
    kept = np.concatenate(
        [w.centres[w.inside.any(2)] for w in windows_of(ids, keep, 1, 1, 8, _rng())]
    )
    shares = np.bincount(kept, minlength=4)[2:] / np.bincount(ids)[2:]
    np.testing.assert_allclose(shares, keep[2:], atol=0.01)


def test_no_threshold_keeps_every_word():
    assert keep_probabilities(np.array([1, 10**9]), 0).tolist() == [1, 1]


def _rng():
    return np.random.default_rng(2)
