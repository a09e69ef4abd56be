"""Whether probabilities are as high as the model is right: reliability, and its error.

Math:   texts are put into 10 bins by the probability p of the label that they got;
        of bin b with n_b texts, p_b is the mean of p, a_b the share that is right
        calibration error = sum_b (n_b / n) |a_b - p_b|
References: DeGroot & Fienberg (1983), reliability; Guo, Pleiss, Sun & Weinberger
    (2017), the expected calibration error.
"""

from typing import Any, NamedTuple, Self

import numpy as np

BINS = 10


class Reliability(NamedTuple):
    """What stands in each bin; those of no text have probability and accuracy 0.

    Shapes: (bins,) each
    """

    n: np.ndarray
    probability: np.ndarray
    accuracy: np.ndarray

    @classmethod
    def of(cls, probabilities: np.ndarray, right: np.ndarray) -> Self:
        """Put answers into bins.  Shapes: (answers,) and (answers,) of bool"""
        bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
        n, sure, correct = (
            np.bincount(bins, weights, BINS) for weights in (None, probabilities, right)
        )
        most = np.maximum(n, 1)
        return cls(n, sure / most, correct / most)

    @property
    def error(self) -> float:
        """The expected calibration error."""
        apart = np.abs(self.accuracy - self.probability)
        return float((self.n * apart).sum() / self.n.sum())

    def to_list(self) -> list[dict[str, Any]]:
        """Give the bins that have texts, as JSON can hold them."""
        return [
            {
                "from": number / BINS,
                "to": (number + 1) / BINS,
                "n": int(self.n[number]),
                "probability": float(self.probability[number]),
                "accuracy": float(self.accuracy[number]),
            }
            for number in np.flatnonzero(self.n).tolist()
        ]
