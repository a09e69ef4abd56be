"""How much of a vocabulary has vectors is counted, and the rest is drawn as said."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.text.vocabulary import Vocabulary
from keraslm.vectors.coverage import Share, coverage, initial_rows
from keraslm.vectors.word_vectors import WordVectors

# a 6 times, The 3, b 2, c 1: 12 tokens
VOCABULARY = Vocabulary.build({"a": 6, "The": 3, "b": 2, "c": 1, "</s>": 4}, "word")


def vectors_of(**rows):
    return WordVectors(tuple(rows), np.array([*rows.values()], float))


def test_shares_are_counted_of_words_and_of_tokens():
    covered = coverage(vectors_of(a=[1], the=[2], other=[3]), VOCABULARY)
    assert covered.words == Share(4, 12)
    assert covered.found == Share(1, 6)  # a
    assert covered.lowered == Share(1, 3)  # The
    assert covered.missing == (("b", 2), ("c", 1))
    share, missing = covered.notes()
    assert "25.0% of 4 words and 50.0% of 12 tokens have a vector" in share
    assert "lower-cased, another 25.0% and 25.0%" in share
    assert missing == "without a vector, the most frequent first: 'b' 2, 'c' 1"


def test_only_the_most_frequent_of_the_missing_are_named():
    counter = {f"w{number}": 100 - number for number in range(30)}
    covered = coverage(vectors_of(w3=[1]), Vocabulary.build(counter, "word"))
    places = [0, 1, 2, *range(4, 11)]
    assert covered.missing == tuple((f"w{k}", 100 - k) for k in places)


def test_the_word_as_it_is_goes_before_the_word_in_lower_case():
    both = vectors_of(The=[1], the=[2])
    assert coverage(both, VOCABULARY).found == Share(1, 3)
    assert initial_rows(both, VOCABULARY, 0)[VOCABULARY["The"]] == [1]


def test_the_mark_of_a_joined_token_is_no_part_of_its_word():
    vocabulary = Vocabulary.build({"\uffed.": 2, "\uffedIt": 1, "\uffed": 1}, "word")
    vectors = WordVectors([".", "it", "\uffed"], np.array([[1], [2], [3]]))
    assert coverage(vectors, vocabulary).found == Share(2, 3)
    rows = initial_rows(vectors, vocabulary, 0)
    assert [rows[vocabulary[t]] for t in ("\uffed.", "\uffedIt", "\uffed")] == [1, 2, 3]


def test_a_vocabulary_without_any_vector_is_refused():
    reserved = WordVectors(["</s>", "<unk>"], np.zeros((2, 1)))
    with pytest.raises(UsageError, match="none of the 4 words of the vocabulary"):
        coverage(reserved, VOCABULARY)


def test_found_rows_are_those_of_the_file():
    vectors = WordVectors(["a", "</s>", "the"], np.array([[1, 2], [3, 4], [5, 6]]))
    rows = initial_rows(vectors, VOCABULARY, 0)
    for token, row in {"a": [1, 2], "</s>": [3, 4], "The": [5, 6]}.items():
        assert rows[VOCABULARY[token]].tolist() == row


def test_the_other_rows_have_the_mean_and_the_spread_of_those_found():
    """Of 4,000 normal draws, the mean lies within 5 s / sqrt(4000) of m."""
    found = {"a": [-1.0, 30.0], "b": [1.0, 30.0], "c": [3.0, 90.0]}
    mean, spread = [1, 50], [np.sqrt(8 / 3), np.sqrt(800)]
    counter = dict.fromkeys([*found, *map(str, range(4000))], 1)
    vocabulary = Vocabulary.build(counter, "word")
    rows = initial_rows(vectors_of(**found), vocabulary, seed=1)
    known = [vocabulary[word] for word in found]
    drawn = np.delete(rows, known, axis=0)
    assert drawn.mean(axis=0) == pytest.approx(mean, abs=5 * max(spread) / 63)
    assert drawn[:, 0].mean() == pytest.approx(1, abs=5 * spread[0] / 63)
    assert drawn.std(axis=0) == pytest.approx(spread, rel=0.06)
    # standardised, the fourth moment of a normal draw is 3, with variance 96 / n
    standard = (drawn - mean) / spread
    assert (standard**4).mean(axis=0) == pytest.approx([3, 3], abs=5 * np.sqrt(96) / 63)
    assert len(np.unique(drawn, axis=0)) == len(drawn)  # <unk> and </s> among them


def test_the_draws_follow_from_the_seed():
    vectors = vectors_of(a=[1], b=[2])
    first, same, other = (initial_rows(vectors, VOCABULARY, s) for s in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)
