"""Modified Kneser-Ney: its own discount for what occurs once, twice, more often."""

from typing import ClassVar

import numpy as np

from keraslm.counts.discounting import Discounting
from keraslm.counts.kenlm_counts import as_kenlm_counts
from keraslm.counts.kneser_ney import continuation_counts
from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import Interpolated, Order


class ModifiedKneserNey(Discounting, Interpolated):
    """Kneser-Ney with three discounts an order; what KenLM estimates.

    Math:   P(w | h) = (a(h w) - D(a(h w))) / sum_v a(h v) + b(h) P(w | h')
            a(h w) as in Kneser-Ney;  D(0) = 0, D(1) = D1, D(2) = D2, D(3...) = D3
            D_r = r - (r + 1) Y n_{r+1} / n_r,  Y = n_1 / (n_1 + 2 n_2)
            n_r = how many n-grams of the order have a = r
            The words' own distribution is interpolated with the uniform one, 1 / V,
            and that is all that `<unk>` has, where it was not seen.
    The n_r are KenLM's, which counts one n-gram of each lower order by c instead of a;
    see `kenlm_counts`.
    References: Chen & Goodman (1998), section 3; Heafield et al. (2013), KenLM.
    """

    name = "modified-kneser-ney"
    counts_places = True
    highest = 4
    fallback: ClassVar = [0.5, 1.0, 1.5]  # as KenLM's
    reason = "too few rare n-grams: D = 0.5, 1.0, 1.5"

    @staticmethod
    def counts(ngrams: Ngrams) -> list[np.ndarray]:
        """Give a(h w)."""
        return continuation_counts(ngrams)

    @staticmethod
    def discounts_of(n: list[int]) -> list[float] | None:
        """Give D1, D2, D3, None where they are not within 0 .. r."""
        if not all(n[:3]):
            return None
        y = n[0] / (n[0] + 2 * n[1])
        discounts = [r - (r + 1) * y * n[r] / n[r - 1] for r in (1, 2, 3)]
        in_range = all(0 <= d <= r for r, d in enumerate(discounts, start=1))
        return discounts if in_range else None

    def seen(self, order: Order) -> np.ndarray:
        """Give (a(h w) - D(a(h w))) / sum_v a(h v)."""
        discount = np.array([0, *self.discounts[order.n - 1]])
        discounted = order.counts - discount[np.minimum(order.counts, 3)]
        return discounted / order.of_history(order.totals)

    @classmethod
    def counts_to_fit(cls, ngrams: Ngrams) -> list[np.ndarray]:
        """Give a(h w), but for the n-grams that KenLM counts otherwise."""
        return as_kenlm_counts(cls.counts(ngrams), ngrams)
