"""Top-k: only the k most probable tokens may be drawn."""

import numpy as np

from keraslm.errors import UsageError


def check_top_k(k: int | None) -> None:
    """Refuse a k below 1.

    Raises: UsageError
    """
    if k is not None and k < 1:
        raise UsageError(f"`top_k` must be 1 or more; received {k}")


def keep_top_k(weights: np.ndarray, k: int) -> np.ndarray:
    """Keep the k heaviest tokens; among equals the lower ids are kept.

    Shapes: (vocabulary,) -> (vocabulary,)
    References: Fan, Lewis & Dauphin (2018).
    """
    if k >= len(weights):
        return weights
    least = np.sort(weights)[-k]  # faster than partition where many are equal
    result = np.where(weights > least, weights, 0)
    equal = np.flatnonzero(weights == least)
    result[equal[: k - np.count_nonzero(result)]] = least
    return result
