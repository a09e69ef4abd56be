"""Windows: who is whose neighbour, and how often words are dropped."""

import collections

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.vectors.cbow import ContinuousBagOfWords
from keraslm.vectors.full_softmax import FullSoftmax
from keraslm.vectors.negative_sampling import NegativeSampling
from keraslm.vectors.skip_gram import SkipGram
from keraslm.vectors.windows import keep_probabilities, kept_words, windows_of

TEXTS = st.lists(st.integers(0, 5), min_size=1, max_size=300).map(np.array)


def pairs(ids, window, length=32, keep=None, seed=0):
    """List the pairs (centre, word in its window), in the order of the text."""
    keep = np.ones(6) if keep is None else keep
    found = []
    rng = np.random.default_rng(seed)
    for kept in kept_words(ids, keep, 1, window, length, rng):
        seen = windows_of(kept, rng)
        order = np.lexsort((seen.context, seen.centre))
        centre, context = seen.centre[order], seen.context[order]
        found += zip(seen.centres[centre], seen.around[context + window], strict=True)
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
@given(ids=TEXTS, window=st.integers(1, 4), length=st.integers(1, 90))
def test_no_window_has_what_is_too_far_or_on_another_line(ids, window, length):
    allowed = [pair for d in range(1, window + 1) for pair in near(ids, d)]
    count = {pair: allowed.count(pair) for pair in allowed}
    found = pairs(ids, window, length)
    assert all(found.count(pair) <= count.get(pair, 0) for pair in set(found))
    assert len(found) >= len(near(ids, 1))


def test_each_size_of_a_window_comes_as_often():
    # of 4 sizes, all reach 1 word away, 3 reach 2, 2 reach 3, 1 reaches 4
    ids = np.arange(20_000) % 40 + 2
    keep = np.ones(42)
    found = np.array(pairs(ids, 4, 256, keep))
    away = np.abs(found[:, 0] - found[:, 1])
    away = np.minimum(away, 40 - away)
    shares = np.bincount(away)[1:5] / (2 * len(ids))
    np.testing.assert_allclose(shares, [1, 0.75, 0.5, 0.25], atol=0.01)


def test_frequent_words_are_dropped_by_the_formula():
    # f = 0.9 and 0.1, t = 0.001: sqrt(1/900) + 1/900 and 0.1 + 0.01
    keep = keep_probabilities(np.array([0, 0, 900, 100]), 1e-3)
    assert keep[2:] == pytest.approx([1 / 30 + 1 / 900, 0.11])
    ids = np.random.default_rng(1).choice([2, 3], 100_000, p=[0.9, 0.1])
    rng = np.random.default_rng(2)
    left = np.concatenate([k.read for k in kept_words(ids, keep, 1, 1, 256, rng)])
    shares = np.bincount(ids[left], minlength=4)[2:] / np.bincount(ids)[2:]
    np.testing.assert_allclose(shares, keep[2:], atol=0.01)


def test_no_threshold_keeps_every_word():
    assert keep_probabilities(np.array([1, 10**9]), 0).tolist() == [1, 1]


@settings(max_examples=30)
@given(ids=TEXTS, window=st.integers(1, 4), rows=st.integers(1, 40))
@pytest.mark.parametrize("softmax", ["sampled", "full"])
@pytest.mark.parametrize("model", [SkipGram, ContinuousBagOfWords])
def test_blocks_count_the_pairs_of_the_windows(model, softmax, ids, window, rows):
    rng = np.random.default_rng(0)
    counts = np.bincount(ids, minlength=6) * (np.arange(6) != 1) + 1
    prediction = FullSoftmax(6)
    if softmax == "sampled":
        prediction = NegativeSampling(counts, 5, rng)
    counted = collections.Counter()
    drawn = np.random.default_rng(0)
    for kept in kept_words(ids, np.ones(6), 1, window, 64, drawn):
        laid = model.blocks(windows_of(kept, drawn), rows, prediction)
        table = laid.observed  # of targets by rows
        if model is ContinuousBagOfWords:  # each word of a bag predicts its target
            table = table @ laid.bags
        for block, target, word in zip(*np.nonzero(table), strict=True):
            pair = laid.inputs[block, word], laid.targets[block, target]
            if model is ContinuousBagOfWords:
                pair = pair[::-1]
            counted[pair] += table[block, target, word]
    assert counted == collections.Counter(pairs(ids, window, 64))


def test_noise_is_drawn_by_the_counts_to_the_power_of_three_quarters():
    counts = np.array([0, 1, 16, 81])
    prediction = NegativeSampling(counts, 5, np.random.default_rng(0))
    # 1^0.75 = 1, 16^0.75 = 8, 81^0.75 = 27: shares of 36, of 5 words an observation
    ids, _, noise = prediction.columns(np.zeros((2000, 0), int))
    shares = np.bincount(ids.ravel(), noise.ravel())[:4] / (5 * 2000)
    np.testing.assert_allclose(shares, [0, 1 / 36, 8 / 36, 27 / 36], atol=0.005)
    times = noise * prediction.drawn / 5
    np.testing.assert_allclose(times, np.round(times), atol=1e-5)
