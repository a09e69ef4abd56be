"""Locally typical sampling: tokens that surprise about as much as is expected."""

import numpy as np

from keraslm.errors import UsageError


def check_typical_p(p: float | None) -> None:
    """Refuse a p that is not in (0, 1].

    Raises: UsageError
    """
    if p is not None and not 0 < p <= 1:
        raise UsageError(f"`typical_p` must lie in (0, 1]; received {p}")


def keep_typical(weights: np.ndarray, p: float) -> np.ndarray:
    """Keep the fewest tokens of mass p whose surprisal is nearest to the entropy.

    The most probable token may be among those that are left out.

    Math:   H = -sum_w P(w) log P(w); tokens in the order of |-log P(w) - H|, the lower
            ids first among equals, until their mass reaches p
    Shapes: (vocabulary,) -> (vocabulary,)
    References: Meister, Pimentel, Wiher & Cotterell (2023).
    """
    possible = np.flatnonzero(weights)
    probabilities = weights[possible] / weights.sum()
    surprisal = -np.log(probabilities)
    entropy = np.dot(probabilities, surprisal)
    order = np.argsort(np.abs(surprisal - entropy), kind="stable")
    cumulative = np.cumsum(probabilities[order])
    needed = int(np.searchsorted(cumulative, p * cumulative[-1])) + 1
    kept = possible[order[:needed]]
    result = np.zeros_like(weights)
    result[kept] = weights[kept]
    return result
