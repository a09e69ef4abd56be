"""Co-occurrences against a count that goes through the text word by word."""

import collections

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.vectors import cooccurrence
from keraslm.vectors.cooccurrence import count_cooccurrences

TEXTS = st.lists(st.integers(0, 4), max_size=40).map(lambda ids: np.array(ids, int))


def brute_force(ids, window):
    counts = collections.defaultdict(float)
    for i, word in enumerate(ids):
        for step in (-1, 1):
            for distance in range(1, window + 1):
                j = i + step * distance
                if not 0 <= j < len(ids) or ids[j] == 1 or word == 1:
                    break
                counts[int(word), int(ids[j])] += 1 / distance
    return counts


@given(ids=TEXTS, window=st.integers(1, 6), stretch=st.integers(1, 50))
def test_counts_are_those_of_a_count_by_hand(ids, window, stretch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cooccurrence, "STRETCH", stretch)
        found = count_cooccurrences(ids, 1, window)
    expected = brute_force(ids, window)
    pairs = list(zip(found.words.tolist(), found.contexts.tolist(), strict=True))
    assert pairs == sorted(expected)
    assert found.counts.tolist() == pytest.approx([expected[pair] for pair in pairs])


def test_a_line_by_hand():
    # a b c: a and b stand 1 apart, a and c 2 apart
    found = count_cooccurrences(np.array([2, 3, 4, 1, 2]), 1, 5)
    table = np.zeros((5, 5))
    table[found.words, found.contexts] = found.counts
    assert table[2].tolist() == [0, 0, 0, 1, 0.5]
    assert table[1].tolist() == [0] * 5
