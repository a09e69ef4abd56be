"""Softmax twice: the network ends in a softmax, and its loss applies another one.

Keras undoes it on TensorFlow, with a warning; on JAX and PyTorch it does not.
"""

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.formulas import softmax
from keraslm.course.zoo.bug import Bug
from keraslm.inference.network import log_softmax
from keraslm.losses import NextToken


def mistaken(logits: np.ndarray, targets: np.ndarray) -> float:
    """Give the loss; shapes: (tokens, vocabulary), (tokens,)."""
    outputs = softmax(logits)
    log_p = log_softmax(outputs)
    return -float(log_p[np.arange(len(targets)), targets].mean())


def right(logits: np.ndarray, targets: np.ndarray) -> float:
    """Give the loss: it applies the only softmax."""
    log_p = log_softmax(logits)
    return -float(log_p[np.arange(len(targets)), targets].mean())


def check(program: Function) -> Check:
    """Compare it with keraslm's loss, on predictions that are certain and right."""
    targets = np.arange(5)
    logits = 50 * np.eye(5)
    loss = float(NextToken()(targets[None], logits[None]))
    off = abs(program(logits, targets) - loss)
    return Check("nats", off, 1e-5, "by which it is off `keraslm.losses.NextToken`")


BUG = Bug(
    name="softmax twice",
    symptom="training is slow, and the loss stays above log(e + V - 1) - 1",
    revealed_by="`keraslm.losses.NextToken` of a certain, right prediction is 0",
    seen="tflearn/tflearn#562",
    mistaken=mistaken,
    right=right,
    check=check,
)
