"""The gradient is clipped after the step, when nobody needs it any more."""

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.lessons.gates import clip_by_norm
from keraslm.course.zoo.bug import Bug

RATE, LIMIT = 0.1, 1.0


def mistaken(weights: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Give the weights after a step of gradient descent."""
    weights = weights - RATE * gradient
    (gradient,) = clip_by_norm([gradient], LIMIT)
    return weights


def right(weights: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Give the weights after a step along the clipped gradient."""
    (gradient,) = clip_by_norm([gradient], LIMIT)
    return weights - RATE * gradient


def check(program: Function) -> Check:
    """Measure a step along a gradient of norm 5."""
    weights, gradient = np.array([1.0, 1.0]), np.array([3.0, 4.0])
    moved = np.linalg.norm(program(weights, gradient) - weights)
    meaning = "times the learning rate that weights move; the limit of the norm is 1"
    return Check("step", float(moved / RATE), LIMIT + 1e-9, meaning)


BUG = Bug(
    name="clipping after the step",
    symptom="the loss jumps as before; another limit changes nothing at all",
    revealed_by="`gradient_norm` in `history.csv` is above the limit, and the step too",
    seen="VGraphRNN/VGRNN#4",
    mistaken=mistaken,
    right=right,
    check=check,
)
