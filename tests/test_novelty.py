import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from keraslm.novelty import Copy, novelty, suffix_array

texts = st.lists(st.integers(0, 3), max_size=40)


def ids(text: str) -> np.ndarray:
    return np.array([ord(c) - ord("a") for c in text], np.uint16)


def longest_prefix(text: list[int], corpus: list[int]) -> int:
    places = range(len(corpus))
    lengths = range(1, len(text) + 1)
    found = (n for n in lengths if any(corpus[i : i + n] == text[:n] for i in places))
    return max(found, default=0)


@given(texts, st.lists(texts, max_size=3))
def test_the_lengths_are_those_of_a_search(corpus, written):
    found = novelty(np.array(corpus, np.int64), [np.array(t, int) for t in written])
    for text, lengths in zip(written, found.lengths, strict=True):
        assert lengths.tolist() == [
            longest_prefix(text[i:], corpus) for i in range(len(text))
        ]


@given(texts, texts, st.integers(1, 6))
def test_the_novel_ngrams_are_those_of_a_set(corpus, text, n):
    def grams(ids):
        return [tuple(ids[i : i + n]) for i in range(len(ids) - n + 1)]

    known = set(grams(corpus))
    new = [gram for gram in grams(text) if gram not in known]
    found = novelty(np.array(corpus, np.int64), [np.array(text, int)])
    assert found.novel(n) == (len(new), len(grams(text)))


@given(st.lists(st.integers(0, 40_000), min_size=1, max_size=60))
def test_the_suffixes_are_sorted(text):
    order = suffix_array(np.array(text), len(text))
    assert [text[i:] for i in order] == sorted(text[i:] for i in range(len(text)))


def test_the_longest_copies_by_hand():
    # abcd and cde are in the corpus; cde begins within abcd and goes on beyond it
    found = novelty(ids("abcdxcdey"), [ids("abcdez"), ids("xc")])
    assert found.lengths[0].tolist() == [4, 3, 3, 2, 1, 0]
    assert found.lengths[1].tolist() == [2, 1]
    assert found.longest(9) == [Copy(0, 0, 4), Copy(0, 2, 3), Copy(1, 0, 2)]
    assert found.longest(1) == [Copy(0, 0, 4)]
    # of abcdez: a b c d e are known, z is not; of ab bc cd de ez: ez is not
    assert found.novel(1) == (1, 8)
    assert found.novel(2) == (1, 6)


def test_nothing_written_is_nothing_novel():
    found = novelty(ids("ab"), [ids("")])
    assert (found.novel(1), found.longest(3)) == ((0, 0), [])
