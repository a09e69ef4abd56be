"""Counts as tables to read: who follows whom, and how many n-grams are how rare."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import counts_of_counts
from keraslm.counts.sorting import NONE
from keraslm.errors import UsageError
from keraslm.text.vocabulary import BOUNDARIES, LINE_START, Vocabulary

if TYPE_CHECKING:
    import pandas as pd

LARGEST = 1000  # histories of a table
LINE_END = BOUNDARIES["word"]


def count_table(
    ngrams: Ngrams, vocabulary: Vocabulary, words: Sequence[str]
) -> "pd.DataFrame":
    """Count how often each of some words follows each history made of them.

    Rows are the histories of order - 1 words, columns the words; `<s>` may only begin
    a history, and `</s>` only follow one. Of order 3 and above, the histories that
    were never seen are left out.

    Math:   table[h, w] = c(h w)
    Raises: UsageError for a word that the vocabulary lacks, or too many histories.
    """
    import pandas as pd

    _check_words(words, vocabulary)
    longest = ngrams.trie.order - 1
    if len(words) ** longest > LARGEST**2:
        raise UsageError(
            f"a table of {len(words)} words to the power of {longest} is too large to "
            "read; give fewer `words` or a lower `order`"
        )
    histories = [
        (history, place)
        for history in itertools.product(words, repeat=longest)
        if (place := _place(ngrams, vocabulary, history)) != NONE or longest < 2
    ]
    rows = [_row(ngrams, vocabulary, place, words) for _, place in histories]
    names = [" ".join(history) for history, _ in histories]
    return pd.DataFrame(rows, pd.Index(names, name="history"), list(words))


def size_table(ngrams: Ngrams) -> "pd.DataFrame":
    """Count the n-grams of every order: all, distinct, and those that occur rarely.

    Math:   n_r = |{h w : c(h w) = r}|
    """
    import pandas as pd

    rows = [
        [int(counts.sum()), int(np.count_nonzero(counts)), *counts_of_counts(counts, 4)]
        for counts in ngrams.counts
    ]
    columns = ["ngrams", "distinct", "once", "twice", "3 times", "4 times"]
    orders = pd.RangeIndex(1, len(rows) + 1, name="order")
    return pd.DataFrame(rows, orders, columns)


def most_frequent(vocabulary: Vocabulary, count: int) -> list[str]:
    """Give the most frequent words of a vocabulary that was counted."""
    return list(vocabulary.tokens[2 : 2 + count])


def _check_words(words: Sequence[str], vocabulary: Vocabulary) -> None:
    unknown = [repr(word) for word in words if word not in vocabulary.ids]
    if unknown:
        raise UsageError(
            f"a table counts words of the text, which has no {', '.join(unknown)}"
        )


def _place(ngrams: Ngrams, vocabulary: Vocabulary, history: Sequence[str]) -> int:
    """Find a history among the n-grams, NONE if it was never seen."""
    if LINE_END in history or LINE_START in history[1:]:
        return NONE
    place = 0
    for level, word in zip(ngrams.trie.levels, history, strict=False):
        place = level.child(place, vocabulary.ids[word])
    return place


def _row(
    ngrams: Ngrams, vocabulary: Vocabulary, place: int, words: Sequence[str]
) -> list[int]:
    level, counts = ngrams.trie.levels[-1], ngrams.counts[-1]
    found = [
        NONE if word == LINE_START else level.child(place, vocabulary.ids[word])
        for word in words
    ]
    return [0 if index == NONE else int(counts[index]) for index in found]
