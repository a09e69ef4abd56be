"""Softmax over the wrong axis: the tokens of a text share 1, and not the words."""

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.formulas import softmax
from keraslm.course.zoo.bug import Bug
from keraslm.course.zoo.program import Network, audited


def mistaken(logits: np.ndarray) -> np.ndarray:
    """Give probabilities; shapes: (batch, time, vocabulary) -> the same."""
    return softmax(logits, axis=1)


def right(logits: np.ndarray) -> np.ndarray:
    """Give probabilities: those of each token's words sum to one."""
    return softmax(logits, axis=-1)


def check(program: Function) -> Check:
    """Audit it."""
    network = Network()

    def read(ids: np.ndarray) -> np.ndarray:
        logits, _ = network(ids, network.start)
        found: np.ndarray = np.log(program(logits[None])[0])
        return found

    return audited("sums to one", read)


BUG = Bug(
    name="softmax over the wrong axis",
    symptom="a batch of one token has probability 1 for every word",
    revealed_by="`audit`, sums to one",
    seen="PetrochukM/PyTorch-NLP#2",
    mistaken=mistaken,
    right=right,
    check=check,
)
