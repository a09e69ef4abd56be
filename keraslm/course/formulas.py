"""What the answers of several lessons need."""

from collections.abc import Sequence

import numpy as np


def mean(values: Sequence[float]) -> float:
    """Give the arithmetic mean."""
    return sum(values) / len(values)


def shares(weights: np.ndarray, axis: int | None = -1) -> np.ndarray:
    """Divide weights by their sum; shapes: any -> the same."""
    found: np.ndarray = weights / weights.sum(axis=axis, keepdims=True)
    return found


def softmax(scores: np.ndarray, axis: int | None = -1) -> np.ndarray:
    """Turn scores into probabilities; None takes all of them together.

    Math: exp(z_i) / sum over j of exp(z_j)
    """
    return shares(np.exp(scores - scores.max(axis=axis, keepdims=True)), axis)


def sums_to_one(value: np.ndarray, *given: object) -> bool:
    """Say whether each row of a value is a distribution's; a property of many."""
    return bool(np.allclose(np.sum(value, axis=-1), 1))
