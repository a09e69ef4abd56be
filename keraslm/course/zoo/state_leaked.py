"""The state leaks: a document is read after the one that happened to come before it."""

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.course.zoo.program import Network, Read, audited
from keraslm.inference.network import log_softmax


def mistaken(network: Network) -> Read:
    """Give what reads documents: ids (time,) -> logits (time, vocabulary)."""
    state = network.start

    def read(ids: np.ndarray) -> np.ndarray:
        nonlocal state
        logits, state = network(ids, state)
        return logits

    return read


def right(network: Network) -> Read:
    """Give what reads documents, each from the first state on."""

    def read(ids: np.ndarray) -> np.ndarray:
        logits, _ = network(ids, network.start)
        return logits

    return read


def check(program: Function) -> Check:
    """Audit it: the same text is read twice."""
    read = program(Network())
    return audited("deterministic", lambda ids: log_softmax(read(ids)))


BUG = Bug(
    name="state leaked between documents",
    symptom="the same sentence, scored twice, has two perplexities",
    revealed_by="`audit`, deterministic: two readings of a text must agree",
    seen="tensorflow/models#3125",
    mistaken=mistaken,
    right=right,
    check=check,
)
