"""Top-p, the nucleus: the fewest tokens that together have probability p."""

import numpy as np

from keraslm.errors import UsageError
from keraslm.sampling.top_k import keep_top_k


def check_top_p(p: float | None) -> None:
    """Refuse a p that is not in (0, 1].

    Raises: UsageError
    """
    if p is not None and not 0 < p <= 1:
        raise UsageError(f"`top_p` must lie in (0, 1]; received {p}")


def keep_top_p(weights: np.ndarray, p: float) -> np.ndarray:
    """Keep the fewest heaviest tokens whose share of the mass reaches p.

    Shapes: (vocabulary,) -> (vocabulary,)
    References: Holtzman, Buys, Du, Forbes & Choi (2020).
    """
    cumulative = np.cumsum(np.sort(weights)[::-1])
    needed = int(np.searchsorted(cumulative, p * cumulative[-1])) + 1
    return keep_top_k(weights, needed)
