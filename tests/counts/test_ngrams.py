import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.counts import sorting
from keraslm.counts.kneser_ney import continuation_counts
from keraslm.counts.ngrams import count_ngrams
from keraslm.errors import CorpusError, UsageError

# "a b a b\na c\n" with </s> = 1, a = 2, b = 3, c = 4
IDS = np.array([2, 3, 2, 3, 1, 2, 4, 1], dtype=np.uint16)
S, A, B, C = 1, 2, 3, 4
# <s> a b a b </s>  |  <s> a c </s>
BIGRAMS = {(S, A): 2, (A, B): 2, (A, C): 1, (B, S): 1, (B, A): 1, (C, S): 1}


def spelled(ngrams, k):
    """The k-grams as tuples of words, with their counts."""
    counts = ngrams.counts[k - 1].tolist()
    grams = _spelled(ngrams, k)
    return {gram: n for gram, n in zip(grams, counts, strict=True) if n}


def _spelled(ngrams, k):
    if k == 0:
        return [()]
    level, shorter = ngrams.trie.levels[k - 1], _spelled(ngrams, k - 1)
    pairs = zip(level.history.tolist(), level.words.tolist(), strict=True)
    return [(*shorter[history], word) for history, word in pairs]


def test_unigrams_are_the_predicted_tokens():
    # </s> ends two lines; <s>, its name as a context, is never predicted
    assert spelled(count_ngrams(IDS, 5, 1), 1) == {(S,): 2, (A,): 3, (B,): 2, (C,): 1}


def test_bigrams_begin_with_the_start_of_the_line():
    assert spelled(count_ngrams(IDS, 5, 2), 2) == BIGRAMS


def test_trigrams_do_not_reach_over_the_end_of_a_line():
    # no "b </s> a", and no "<s> <s> a": a history is at most what the line gives
    assert spelled(count_ngrams(IDS, 5, 3), 3) == {
        (S, A, B): 1,
        (S, A, C): 1,
        (A, B, S): 1,
        (A, B, A): 1,
        (A, C, S): 1,
        (B, A, B): 1,
    }


def test_sizes_say_how_storage_grows():
    assert count_ngrams(IDS, 5, 3).sizes() == [4, 6, 6]


def test_an_empty_line_is_an_end_after_a_start():
    assert spelled(count_ngrams(np.array([1, 1]), 5, 2), 2) == {(S, S): 2}


def test_an_order_longer_than_every_line_holds_nothing():
    # the longest line, "<s> a b a b </s>", is one 6-gram
    assert count_ngrams(IDS, 5, 8).sizes()[5:] == [1, 0, 0]


def test_a_text_on_disk_is_counted_alike(tmp_path):
    IDS.tofile(tmp_path / "ids")
    mapped = np.memmap(tmp_path / "ids", dtype=np.uint16, mode="r")
    assert spelled(count_ngrams(mapped, 5, 3), 3) == spelled(count_ngrams(IDS, 5, 3), 3)


@pytest.mark.parametrize("order", [0, -1, 2.0, "3", True])
def test_an_order_is_a_whole_number_of_one_or_more(order):
    with pytest.raises(UsageError, match="order"):
        count_ngrams(IDS, 5, order)


def test_no_tokens_cannot_be_counted():
    with pytest.raises(CorpusError, match="at least one token"):
        count_ngrams(IDS[:0], 5, 2)


@given(st.lists(st.integers(0, 2**62), max_size=60))
def test_sorting_is_right_for_keys_of_any_size(keys):
    keys = np.array(keys, dtype=np.int64)
    in_order, positions = sorting.sort_with_positions(keys)
    assert in_order.tolist() == sorted(keys.tolist())
    assert (keys[positions] == in_order).all()
    assert sorted(positions.tolist()) == list(range(len(keys)))


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 2**62)))
def test_what_was_counted_is_found_and_nothing_else(counted, asked):
    keys = np.array(counted, dtype=np.int64)
    distinct, counts, index, example = sorting.count_distinct(keys)
    assert dict(zip(distinct.tolist(), counts.tolist(), strict=True)) == {
        key: counted.count(key) for key in counted
    }
    assert (distinct[index] == counted).all()
    assert (keys[example] == distinct).all()
    keys = np.array(counted + asked, dtype=np.int64)
    found = sorting.find(distinct, keys).tolist()
    known = distinct.tolist()
    assert found == [known.index(k) if k in known else -1 for k in keys.tolist()]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(2, 5))
def test_a_suffix_is_the_ngram_without_its_first_word(ids, order):
    ngrams = count_ngrams(np.array(ids), 6, order)
    for k in range(1, order):
        shorter = _spelled(ngrams, k)
        suffixes = [shorter[i] for i in ngrams.suffixes[k].tolist()]
        assert suffixes == [gram[1:] for gram in _spelled(ngrams, k + 1)]


def test_continuation_counts_are_of_the_words_before():
    # "a" follows <s> and b; "b" follows a; "</s>" follows b and c; "c" follows a
    # of order 2, "<s> a" begins the line and keeps its 2 occurrences;
    # "a b" follows <s> and b, "b a", "b </s>", "c </s>" and "a c" one word each
    ngrams = count_ngrams(IDS, 5, 3)
    one, two, three = continuation_counts(ngrams)
    assert one.tolist() == [0, 2, 2, 1, 1]
    assert dict(zip(_spelled(ngrams, 2), two.tolist(), strict=True)) == BIGRAMS
    assert (three == ngrams.counts[2]).all()
