"""How often the right one of two is preferred, and how sure that figure is.

Math:   margin  m = log2 P(right) - log2 P(wrong)
        right if m > 0, wrong if m < 0; a tie, |m| <= 1e-9, counts as half
"""

import dataclasses
import math
import statistics
from typing import Self

import numpy as np

TIE = 1e-9  # bits: less is the rounding of float64
Z = statistics.NormalDist().inv_cdf(0.975)  # of a two-sided interval of 95%


def margins(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Give the margins in bits; where neither is possible, that is 0.

    Shapes: two times (pairs,), log P in nats -> (pairs,)
    """
    neither = np.isneginf(right) & np.isneginf(wrong)
    zeros = np.zeros(len(right))
    return np.subtract(right, wrong, out=zeros, where=~neither) / math.log(2)


@dataclasses.dataclass(frozen=True)
class Accuracy:
    """Right, wrong and tied answers."""

    right: int
    wrong: int
    ties: int

    @classmethod
    def of(cls, margins: np.ndarray) -> Self:
        """Count margins in bits; shapes: (pairs,)."""
        right, wrong = int(np.sum(margins > TIE)), int(np.sum(margins < -TIE))
        return cls(right, wrong, len(margins) - right - wrong)

    @property
    def n(self) -> int:
        """The number of answers."""
        return self.right + self.wrong + self.ties

    @property
    def share(self) -> float:
        """The share of right answers, ties counted as half; NaN of no answers."""
        return (self.right + self.ties / 2) / self.n if self.n else math.nan

    def interval(self) -> tuple[float, float]:
        """Give the 95% interval of the share; NaN of no answers.

        Math:   (p + z^2/2n +- z sqrt(p (1 - p) / n + z^2/4n^2)) / (1 + z^2/n)
                with z = 1.96, and p the share of n answers
        References: Wilson (1927).
        """
        n, p = self.n, self.share
        if not n:
            return math.nan, math.nan
        square = Z * Z / n
        middle = p + square / 2
        half = Z * math.sqrt(p * (1 - p) / n + square / (4 * n))
        low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
        return max(low, 0.0), min(high, 1.0)

    def to_dict(self) -> dict[str, float]:
        """Give the counts and the figures."""
        low, high = self.interval()
        counts = {"n": self.n, "right": self.right, "ties": self.ties}
        return {**counts, "accuracy": self.share, "low": low, "high": high}
