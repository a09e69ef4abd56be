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

    @staticmethod
    def counts(ngrams: Ngrams) -> list[np.ndarray]:
        """Give a(h w)."""
        return ngrams.continuation_counts
