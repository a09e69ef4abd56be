"""Modified Kneser-Ney: its own discount for what occurs once, twice, more often."""

from typing import Any, Self

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import Interpolated, Order, counts_of_counts
from keraslm.counts.sorting import NONE

FALLBACK = [0.5, 1.0, 1.5]
"""The discounts of an order whose counts of counts do not give any, as KenLM's."""


class ModifiedKneserNey(Interpolated):
    """Kneser-Ney with three discounts an order; what KenLM estimates.

    Math:   P(w | h) = (a(h w) - D(a(h w))) / sum_v a(h v) + b(h) P(w | h')
            a(h w) as in Kneser-Ney;  D(0) = 0, D(1) = D1, D(2) = D2, D(3...) = D3
            D_r = r - (r + 1) Y n_{r+1} / n_r,  Y = n_1 / (n_1 + 2 n_2)
            n_r = how many n-grams of the order have a = r
            The words' own distribution is interpolated with the uniform one, 1 / V,
            and that is all that `<unk>` has, where it was not seen.
    The n_r are KenLM's, which counts one n-gram of each lower order by c instead of a:
    the last in its order, by the words' first places in the text, the last word first.
    References: Chen & Goodman (1998), section 3; Heafield et al. (2013), KenLM.
    """

    name = "modified-kneser-ney"

    def __init__(
        self, discounts: list[list[float]], notes: tuple[str, ...] = ()
    ) -> None:
        self.discounts = discounts
        self.notes = notes

    @classmethod
    def fit(cls, ngrams: Ngrams, held_out: np.ndarray | None = None) -> Self:
        """Find D1, D2, D3 of every order in the counts of counts."""
        discounts, notes = [], []
        for n, counts in enumerate(_kenlm_counts(ngrams), start=1):
            found = _discounts(counts_of_counts(counts, 4))
            discounts.append(found or FALLBACK)
            if found is None:
                shown = ", ".join(map(str, FALLBACK))
                notes.append(f"order {n} has too few rare n-grams: D = {shown}")
        return cls(discounts, tuple(notes))

    def settings(self) -> dict[str, Any]:
        """Give D1, D2, D3, order by order."""
        return {"discounts": self.discounts}

    @staticmethod
    def counts(ngrams: Ngrams) -> list[np.ndarray]:
        """Give a(h w)."""
        return ngrams.continuation_counts()

    def seen(self, order: Order) -> np.ndarray:
        """Give (a(h w) - D(a(h w))) / sum_v a(h v)."""
        discount = np.array([0, *self.discounts[order.n - 1]])
        discounted = order.counts - discount[np.minimum(order.counts, 3)]
        return discounted / order.of_history(order.totals)


def _kenlm_counts(ngrams: Ngrams) -> list[np.ndarray]:
    """Give a(h w), but c(h w) of the last n-gram of each lower order."""
    counts = ngrams.continuation_counts()
    first_words = ngrams.first_seen
    ends_alike, last = np.arange(len(first_words)), NONE
    for k, level in enumerate(ngrams.trie.levels[:-1]):
        if k:
            first_words = first_words[level.history]
            ends_alike = np.flatnonzero(ngrams.suffixes[k] == last)
            if not len(ends_alike):
                break  # the shorter one begins a line
        last = ends_alike[np.argmax(first_words[ends_alike])]
        counts[k][last] = ngrams.counts[k][last]
    return counts


def _discounts(n: list[int]) -> list[float] | None:
    """Give D1, D2, D3 of n_1 .. n_4, None where they are not within 0 .. r."""
    if not all(n[:3]):
        return None
    y = n[0] / (n[0] + 2 * n[1])
    discounts = [r - (r + 1) * y * n[r] / n[r - 1] for r in (1, 2, 3)]
    in_range = all(0 <= d <= r for r, d in enumerate(discounts, start=1))
    return discounts if in_range else None
