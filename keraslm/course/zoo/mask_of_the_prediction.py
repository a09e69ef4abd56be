"""The mask comes from the prediction: a word that is called padding is not counted."""

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug

PADDING = 0


def mistaken(gold: np.ndarray, found: np.ndarray) -> float:
    """Give the accuracy of tags, 0 being padding; shapes: twice (sentences, time)."""
    return float((gold == found)[found != PADDING].mean())


def right(gold: np.ndarray, found: np.ndarray) -> float:
    """Give the accuracy of the words, which the gold tags tell from padding."""
    return float((gold == found)[gold != PADDING].mean())


def check(program: Function) -> Check:
    """Compare it with keraslm's metric, on a tagger that is silent when in doubt."""
    from keraslm.tasks.batches import NO_TAG
    from keraslm.tasks.exact_accuracy import ExactAccuracy

    gold = np.array([[1, 2, 3, 1], [2, 1, 0, 0]])
    found = np.array([[1, 0, 0, 1], [2, 0, 0, 0]])
    metric = ExactAccuracy()
    metric.update_state(np.where(gold == PADDING, NO_TAG, gold), np.eye(4)[found])
    off = abs(program(gold, found) - float(metric.result()))
    return Check("accuracy", off, 1e-6, "by which it is off that of keraslm's taggers")


BUG = Bug(
    name="mask taken from the prediction",
    symptom="words without a tag are not wrong: who says nothing is always right",
    revealed_by="a tagger's accuracy in `evaluate`, which counts every word",
    seen="common",
    mistaken=mistaken,
    right=right,
    check=check,
)
