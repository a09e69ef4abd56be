"""The one n-gram of each lower order that KenLM counts in another way.

KenLM finds its discounts in counts in which the last n-gram of a lower order, in its
own order of sorting, keeps its occurrences. Kneser-Ney's formula knows nothing of it;
without it the discounts differ from KenLM's in the last digits.
"""

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.sorting import NONE


def as_kenlm_counts(counts: list[np.ndarray], ngrams: Ngrams) -> list[np.ndarray]:
    """Give continuation counts, with c(h w) of the last n-gram of each lower order.

    The last one is that whose words come latest by their first places in the text, the
    last word first.
    Shapes: (ngrams,) an order
    References: Heafield, Pouzyrevsky, Clark & Koehn (2013).
    """
    *lower, highest = counts
    lower = [of_order.copy() for of_order in lower]
    first_words = ngrams.first_seen
    ends_alike, last = np.arange(len(first_words)), NONE
    for k, level in enumerate(ngrams.trie.levels[:-1]):
        if k:
            first_words = first_words[level.history]
            ends_alike = np.flatnonzero(ngrams.suffixes[k] == last)
            if not len(ends_alike):
                break  # the shorter one begins a line
        last = ends_alike[np.argmax(first_words[ends_alike])]
        lower[k][last] = ngrams.counts[k][last]
    return [*lower, highest]
