"""What the smoothings count, and how often each count occurs, from the disk."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from keraslm.counts.modified_kneser_ney import ModifiedKneserNey
from keraslm.counts.on_disk.ngrams import NgramsOnDisk
from keraslm.counts.smoothing import Recursive, counts_of_counts
from keraslm.counts.sorting import NONE
from keraslm.files.spilled import Spilled


def counts_for(kind: type[Recursive], ngrams: NgramsOnDisk) -> list[Any]:
    """Give the counts that a smoothing's formula takes; shapes (ngrams,) an order."""
    return ngrams.continuations if kind.counts_places else ngrams.counts


def rare(kind: Any, ngrams: NgramsOnDisk) -> list[list[int]]:
    """Count the n-grams that a kind of discounting calls rare, order by order.

    Math:   n_1, n_2 ... `kind.highest` of each order, of KenLM's counts where the
            small way takes them
    """
    counted = counts_for(kind, ngrams)
    orders = [_counts_of_counts(counts, kind.highest) for counts in counted]
    if issubclass(kind, ModifiedKneserNey):
        for k, last in enumerate(_last_for_kenlm(ngrams)):
            taken, given = counted[k][last], ngrams.counts[k][last]
            _move(orders[k], int(taken), int(given))
    return orders


def blocks_of(array: Any) -> Iterable[np.ndarray]:
    """Give an array's numbers in blocks, wherever it lies."""
    return array.blocks() if isinstance(array, Spilled) else (array,)


def _counts_of_counts(counts: Any, highest: int) -> list[int]:
    total = np.zeros(highest, np.int64)
    for block in blocks_of(counts):
        total += counts_of_counts(block, highest)
    return total.tolist()


def _move(orders: list[int], taken: int, given: int) -> None:
    """Let one n-gram occur `given` times instead of `taken`."""
    if 0 < taken <= len(orders):
        orders[taken - 1] -= 1
    if 0 < given <= len(orders):
        orders[given - 1] += 1


def _last_for_kenlm(ngrams: NgramsOnDisk) -> Iterator[int]:
    """Yield the one n-gram of each lower order that KenLM counts in another way.

    See `kenlm_counts.as_kenlm_counts`.
    """
    ends_alike, last = np.arange(len(ngrams.first_seen)), NONE
    for k in range(ngrams.trie.order - 1):
        if k:
            ends_alike = _all_with(ngrams.suffixes[k], last)
            if not len(ends_alike):
                return  # the shorter one begins a line
        first_words = ngrams.first_seen[_first_words(ngrams, k, ends_alike)]
        last = int(ends_alike[np.argmax(first_words)])
        yield last


def _all_with(suffixes: Any, wanted: int) -> np.ndarray:
    found, start = [np.zeros(0, np.int64)], 0
    for block in blocks_of(suffixes):
        found.append(np.flatnonzero(block == wanted) + start)
        start += len(block)
    return np.concatenate(found)


def _first_words(ngrams: NgramsOnDisk, k: int, indices: np.ndarray) -> np.ndarray:
    """Give the first word of n-grams of k + 1 tokens; shapes: (n,) -> (n,)."""
    for level in reversed(ngrams.trie.levels[1 : k + 1]):
        indices = level.keys[indices] // level.vocabulary_size
    return indices
