"""Absolute discounting: take the same amount off every count."""

import numpy as np

from keraslm.counts.discounting import Discounting
from keraslm.counts.smoothing import Interpolated, Order


class AbsoluteDiscounting(Discounting, Interpolated):
    """Take D off every count and give what was taken to the shorter history.

    Math:   P(w | h) = max(c(h w) - D_n, 0) / c(h) + b(h) P(w | h')
            D_n = n_1 / (n_1 + 2 n_2),  n_r = how many n-grams occur r times
    References: Ney, Essen & Kneser (1994); Chen & Goodman (1998), section 2.7.
    """

    name = "absolute-discounting"
    highest = 2
    fallback = 0.5
    reason = "no n-grams of count 1 or 2: D = 0.5"

    @staticmethod
    def discounts_of(n: list[int]) -> float | None:
        """Give D_n, None where nothing occurs once, or nothing twice."""
        once, twice = n
        return once / (once + 2 * twice) if once and twice else None

    def seen(self, order: Order) -> np.ndarray:
        """Give max(c(h w) - D_n, 0) / c(h)."""
        discounted = np.maximum(order.counts - self.discounts[order.n - 1], 0)
        return discounted / order.of_history(order.totals)
