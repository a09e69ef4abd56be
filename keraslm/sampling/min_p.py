"""Min-p: only tokens that are not much less probable than the most probable one."""

import numpy as np

from keraslm.errors import UsageError


def check_min_p(p: float | None) -> None:
    """Refuse a p that is not in [0, 1].

    Raises: UsageError
    """
    if p is not None and not 0 <= p <= 1:
        raise UsageError(f"`min_p` must lie in [0, 1]; received {p}")


def keep_min_p(weights: np.ndarray, p: float) -> np.ndarray:
    """Keep the tokens with at least the share p of the greatest probability.

    Math:   w is kept if P(w) >= p max_v P(v)
    Shapes: (vocabulary,) -> (vocabulary,)
    References: Nguyen, Baker, Neo, Roush, Kirsch & Shwartz-Ziv (2024).
    """
    return np.where(weights >= p * weights.max(), weights, 0)
