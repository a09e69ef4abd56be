import numpy as np
import pytest

from keraslm.counts.ngrams import count_ngrams
from keraslm.counts.tables import count_table, most_frequent, size_table
from keraslm.errors import UsageError


@pytest.fixture
def count(encoder):
    def count(order):  # "a b a b\na c\n"
        return count_ngrams(encoder.encode("a b a b\na c\n"), 5, order)

    return count


def test_a_bigram_table_by_hand(encoder, count):
    table = count_table(count(2), encoder.vocabulary, ["<s>", "a", "b", "</s>"])
    assert list(table.index) == list(table.columns) == ["<s>", "a", "b", "</s>"]
    # <s> a twice, a b twice, b a once, b </s> once; nothing before <s>, after </s>
    expected = [[0, 2, 0, 0], [0, 0, 2, 0], [0, 1, 0, 1], [0, 0, 0, 0]]
    assert table.to_numpy().tolist() == expected


def test_of_trigrams_the_histories_that_occur_are_shown(encoder, count):
    table = count_table(count(3), encoder.vocabulary, ["<s>", "a", "b"])
    assert table.to_dict("index") == {
        "<s> a": {"<s>": 0, "a": 0, "b": 1},
        "a b": {"<s>": 0, "a": 1, "b": 0},
        "b a": {"<s>": 0, "a": 0, "b": 1},
    }


def test_unigrams_have_one_row(encoder, count):
    table = count_table(count(1), encoder.vocabulary, ["a", "c", "</s>"])
    assert table.to_numpy().tolist() == [[3, 1, 2]]


def test_sizes_by_hand(count):
    sizes = size_table(count(2))
    # order 1: 8 tokens, a 3 times, b and </s> twice, c once
    assert sizes.loc[1].tolist() == [8, 4, 1, 2, 1, 0]
    assert sizes.loc[2].tolist() == [8, 6, 4, 2, 0, 0]


def test_the_most_frequent_words_come_first(encoder):
    assert most_frequent(encoder.vocabulary, 2) == ["a", "b"]


def test_an_unknown_word_is_named(encoder, count):
    with pytest.raises(UsageError, match="which has no 'z'"):
        count_table(count(2), encoder.vocabulary, ["a", "z"])


def test_a_table_that_nobody_can_read_is_refused(encoder, count):
    with pytest.raises(UsageError, match="too large"):
        count_table(count(6), encoder.vocabulary, ["a", "b"] * 100)


def test_a_table_sums_to_the_count_of_its_history(encoder, count):
    ngrams = count(2)
    words = ["a", "b", "c", "</s>"]
    table = count_table(ngrams, encoder.vocabulary, words)
    assert np.array_equal(table.sum(axis=1).to_numpy()[:3], [3, 2, 1])
