"""Counting the n-grams of a text: counting is sorting, one sort an order."""

import dataclasses
from collections.abc import Sized
from typing import Any, Self

import numpy as np

from keraslm.counts.sorting import NONE, count_distinct
from keraslm.counts.trie import Level, Trie, first_level, next_history
from keraslm.errors import CorpusError, UsageError


@dataclasses.dataclass(frozen=True)
class Ngrams:
    """The n-grams of a text, how often each occurs, and how they overlap.

    Shapes: each list has an array (ngrams,) an order
    """

    trie: Trie
    counts: list[np.ndarray]
    """c(h w): how often each n-gram occurs."""
    suffixes: list[np.ndarray]
    """The n-gram without its first word, among the n-grams of the order below."""
    first_seen: np.ndarray
    """Where in the text each word first occurs; -1 for the boundary and `<unk>`."""

    def sizes(self) -> list[int]:
        """How many distinct n-grams were seen, order by order."""
        return [self.how_many(order) for order in range(1, self.trie.order + 1)]

    def how_many(self, order: int, times: int | None = None) -> int:
        """Count the n-grams of an order that were seen, or seen so many times."""
        counts = self.counts[order - 1]
        return int(np.count_nonzero(counts if times is None else counts == times))

    def up_to(self, order: int) -> Self:
        """Leave out the n-grams of more than `order` tokens."""
        trie = dataclasses.replace(self.trie, levels=self.trie.levels[:order])
        counts, suffixes = self.counts[:order], self.suffixes[:order]
        return dataclasses.replace(self, trie=trie, counts=counts, suffixes=suffixes)


def count_ngrams(
    ids: np.ndarray, vocabulary_size: int, order: int, boundary: int = 1
) -> Ngrams:
    """Count the n-grams of a text, of one token up to `order`.

    Shapes: ids (tokens,), which may lie on disk (a memory map)
    Raises: UsageError if the order is not a whole number of 1 or more; CorpusError if
        there is no token.
    """
    check_countable(ids, order)
    words = np.concatenate([[boundary], ids])  # a text starts as every line starts
    found = words
    levels = [first_level(vocabulary_size)]
    counts = [np.bincount(ids, minlength=vocabulary_size)]
    suffixes = [np.zeros(vocabulary_size, dtype=np.int64)]
    for k in range(1, order):
        history = next_history(found, words, boundary, first_order=k == 1)
        seen = np.flatnonzero(history != NONE)
        keys = history[seen] * vocabulary_size + words[seen]
        distinct, times, index, example = count_distinct(keys)
        suffixes.append(found[seen[example]])
        counts.append(times)
        levels.append(Level(distinct, len(levels[-1]), vocabulary_size))
        found = np.full(len(words), NONE)
        found[seen] = index
    first_seen = _first_seen(ids, vocabulary_size, boundary)
    return Ngrams(Trie(levels, boundary), counts, suffixes, first_seen)


def check_countable(ids: Sized, order: Any) -> None:
    """Refuse an order or a text of which nothing can be counted.

    Raises: as `count_ngrams`.
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise UsageError(f"an order is a whole number, 1 or more; received {order!r}")
    if not len(ids):
        raise CorpusError("counting needs at least one token; received 0")


def _first_seen(ids: np.ndarray, size: int, boundary: int) -> np.ndarray:
    first = np.full(size, -1)
    first[ids[::-1]] = np.arange(len(ids))[::-1]  # the last to be written stays
    first[[0, boundary]] = -1
    return first
