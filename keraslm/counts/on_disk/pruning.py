"""Leaving n-grams out of a table on the disk."""

from typing import Any

import numpy as np

from keraslm.counts.on_disk.level import LevelOnDisk
from keraslm.counts.on_disk.ngrams import NgramsOnDisk
from keraslm.counts.on_disk.places import blocks_of
from keraslm.counts.table import BackoffTable
from keraslm.counts.trie import Trie
from keraslm.files.spilled import InOrder, Spilled


def keep(whole: BackoffTable, ngrams: NgramsOnDisk, limits: list[int]) -> BackoffTable:
    """Leave out the n-grams that occur `limits` times or less, as `BackoffTable.keep`.

    The history of an n-gram that is kept is kept too.
    """
    w, trie = ngrams.workspace, whole.trie
    levels: list[Any] = [trie.levels[0]]
    log_p: list[Any] = [whole.log_p[0]]
    log_b: list[Any] = []
    below: Any = np.arange(trie.vocabulary_size)
    for k, level in enumerate(ngrams.longer_levels, start=1):
        keys, shares = w.new(np.int64), w.new(np.float64)
        places, weights = w.new(np.int64), w.new(np.float64)
        kept_below = InOrder(_kept(ngrams, k - 1, limits))
        for some in level.families():
            place = slice(some.start, some.stop)
            kept = ngrams.counts[k][place] > limits[k]
            history = below[some.histories][some.level.history[kept]]
            words = some.level.words[kept]
            keys.append(history * trie.vocabulary_size + words)
            shares.append(whole.log_p[k][place][kept])
            places.append(len(keys) - kept.sum() + np.cumsum(kept) - 1)
            is_kept = kept_below.take(some.level.histories)
            weights.append(whole.log_b[k - 1][some.histories][is_kept])
        levels.append(LevelOnDisk(keys, len(levels[-1]), trie.vocabulary_size))
        log_p.append(shares)
        log_b.append(weights)
        if isinstance(below, Spilled):
            below.close()
        below = places
    return BackoffTable(Trie(levels, trie.boundary, trie.chunk), log_p, log_b)


def _kept(ngrams: NgramsOnDisk, k: int, limits: list[int]) -> Any:
    """Yield which n-grams of an order are kept; all words are."""
    if k == 0:
        return iter([np.ones(ngrams.trie.vocabulary_size, bool)])
    return (block > limits[k] for block in blocks_of(ngrams.counts[k]))
