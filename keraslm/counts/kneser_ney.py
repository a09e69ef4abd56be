"""Kneser-Ney: a shorter history is asked about new places, so it counts places."""

import numpy as np

from keraslm.counts.absolute_discounting import AbsoluteDiscounting
from keraslm.counts.ngrams import Ngrams


class KneserNey(AbsoluteDiscounting):
    """Absolute discounting of continuation counts.

    "San Francisco" makes "Francisco" frequent, but after one word only: a shorter
    history counts in how many places a word occurs, not how often.

    Math:   P(w | h) = max(a(h w) - D_n, 0) / sum_v a(h v) + b(h) P(w | h')
            a(h w) = c(h w) of the highest order, |{v : c(v h w) > 0}| below it
    References: Kneser & Ney (1995); Chen & Goodman (1998), section 2.8.
    """

    name = "kneser-ney"
    counts_places = True

    @staticmethod
    def counts(ngrams: Ngrams) -> list[np.ndarray]:
        """Give a(h w)."""
        return continuation_counts(ngrams)


def continuation_counts(ngrams: Ngrams) -> list[np.ndarray]:
    """Count the distinct words before each n-gram: the places where it goes on.

    The highest order keeps its occurrences. So does an n-gram that begins a line,
    which has no word before it, as in KenLM.

    Math:   a(h w) = c(h w)                           of the highest order
            a(h w) = |{v : c(v h w) > 0}|             of the lower ones
    Shapes: (ngrams,) an order
    """
    levels, longer = ngrams.trie.levels[:-1], ngrams.suffixes[1:]
    counts = [
        np.bincount(without_first, minlength=len(level))
        for level, without_first in zip(levels, longer, strict=True)
    ]
    begins_line = np.arange(ngrams.trie.vocabulary_size) == ngrams.trie.boundary
    for k in range(1, len(counts)):
        begins_line = begins_line[ngrams.trie.levels[k].history]
        counts[k][begins_line] = ngrams.counts[k][begins_line]
    return [*counts, ngrams.counts[-1]]
