"""Absolute discounting: take the same amount off every count."""

from typing import Any, Self

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import Interpolated, Order, counts_of_counts

FALLBACK = 0.5
"""The discount of an order in which nothing occurs once, or nothing twice."""


class AbsoluteDiscounting(Interpolated):
    """Take D off every count and give what was taken to the shorter history.

    Math:   P(w | h) = max(c(h w) - D_n, 0) / c(h) + b(h) P(w | h')
            D_n = n_1 / (n_1 + 2 n_2),  n_r = how many n-grams occur r times
    References: Ney, Essen & Kneser (1994); Chen & Goodman (1998), section 2.7.
    """

    name = "absolute-discounting"

    def __init__(self, discounts: list[float], notes: tuple[str, ...] = ()) -> None:
        self.discounts = list(discounts)
        self.notes = notes

    @classmethod
    def fit(cls, ngrams: Ngrams, held_out: np.ndarray | None = None) -> Self:
        """Find D_n of every order in the counts of counts."""
        discounts, notes = [], []
        for n, counts in enumerate(cls.counts(ngrams), start=1):
            once, twice = counts_of_counts(counts, 2)
            if not once or not twice:
                discounts.append(FALLBACK)
                notes.append(
                    f"order {n} has no n-grams of count 1 or 2: D = {FALLBACK}"
                )
            else:
                discounts.append(once / (once + 2 * twice))
        return cls(discounts, tuple(notes))

    def settings(self) -> dict[str, Any]:
        """Give D_n, order by order."""
        return {"discounts": self.discounts}

    def seen(self, order: Order) -> np.ndarray:
        """Give max(c(h w) - D_n, 0) / c(h)."""
        discounted = np.maximum(order.counts - self.discounts[order.n - 1], 0)
        return discounted / order.of_history(order.totals)
