"""The state is not carried: each window of a text is read as if it were the first."""

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.course.zoo.program import Network, audited
from keraslm.inference.network import log_softmax

TIME = 10  # tokens of a window


def mistaken(network: Network, ids: np.ndarray) -> np.ndarray:
    """Give the logits of a text's tokens; shapes: (tokens,) -> (tokens, vocabulary)."""
    windows = []
    for window in np.split(ids, range(TIME, len(ids), TIME)):
        logits, _ = network(window, network.start)
        windows.append(logits)
    return np.concatenate(windows)


def right(network: Network, ids: np.ndarray) -> np.ndarray:
    """Give the logits: a window goes on from where the one before it ended."""
    windows, state = [], network.start
    for window in np.split(ids, range(TIME, len(ids), TIME)):
        logits, state = network(window, state)
        windows.append(logits)
    return np.concatenate(windows)


def check(program: Function) -> Check:
    """Audit it, writing token by token."""
    network = Network()

    def measure(ids: np.ndarray) -> np.ndarray:
        return log_softmax(program(network, ids))

    def write(ids: np.ndarray) -> np.ndarray:
        return log_softmax(network(ids, network.start)[0])

    return audited("stream = batch", measure, write)


BUG = Bug(
    name="state not carried",
    symptom="the longer the windows, the better the perplexity: first tokens cost most",
    revealed_by="`audit`, stream = batch: writing and measuring must agree",
    seen="lmjohns3/theanets#132",
    mistaken=mistaken,
    right=right,
    check=check,
)
