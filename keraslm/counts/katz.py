"""Katz: Good-Turing says what rare n-grams are worth; the rest is backed off."""

from typing import ClassVar

import numpy as np

from keraslm.counts.discounting import Discounting
from keraslm.counts.smoothing import BackedOff, Order

RELIABLE = 5
"""Counts above this are not discounted."""


class Katz(Discounting, BackedOff):
    """Discount counts of 1 to 5 by Good-Turing, and back off.

    Math:   P(w | h) = d_c c(h w) / c(h)      where c = c(h w) > 0
            P(w | h) = b(h) P(w | h')         otherwise
            d_r = (r*/r - g) / (1 - g),  r* = (r + 1) n_{r+1} / n_r,  g = 6 n_6 / n_1
            for r = 1 .. 5, and 1 above
    After a history of frequent words only, nothing is left for other words: c(h) + 1
    is then the denominator, as in SRILM. An order whose counts of counts give no
    d_r in (0, 1] takes half an occurrence off instead: d_r = (r - 0.5) / r.
    References: Good (1953); Katz (1987); Chen & Goodman (1998), section 2.5.
    """

    name = "katz"
    highest = RELIABLE + 1
    fallback: ClassVar = [(r - 0.5) / r for r in range(1, RELIABLE + 1)]
    reason = "too few rare n-grams: d = (r - 0.5) / r"

    @staticmethod
    def discounts_of(n: list[int]) -> list[float] | None:
        """Give d_1 .. d_5 by Good-Turing, None where one is not within (0, 1]."""
        if not all(n):
            return None
        g = (RELIABLE + 1) * n[RELIABLE] / n[0]
        if g >= 1:
            return None
        worth = [(r + 1) * n[r] / n[r - 1] / r for r in range(1, RELIABLE + 1)]
        discounts = [(share - g) / (1 - g) for share in worth]
        return discounts if all(0 < d <= 1 for d in discounts) else None

    def seen(self, order: Order) -> np.ndarray:
        """Give d_c c(h w) / c(h)."""
        d = np.array([1, *self.discounts[order.n - 1], 1])
        discounted = d[np.minimum(order.counts, RELIABLE + 1)] * order.counts
        left = order.totals - order.level.sum_over_words(discounted)
        nothing_left = left < 1e-9 * order.totals
        return discounted / order.of_history(order.totals + nothing_left)
