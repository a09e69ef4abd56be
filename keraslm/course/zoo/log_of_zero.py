"""The logarithm of 0: a small probability is rounded to 0 before its logarithm."""

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.score import Score


def mistaken(logits: np.ndarray) -> np.ndarray:
    """Give log P of each word; shapes: (tokens, vocabulary) -> the same."""
    weights = np.exp(logits)
    found: np.ndarray = np.log(weights / weights.sum(axis=-1, keepdims=True))
    return found


def right(logits: np.ndarray) -> np.ndarray:
    """Give log P of each word.

    Math:   log P = z - log sum_w exp z_w,  the largest z taken off before
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    found: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


def check(program: Function) -> Check:
    """Score three tokens, as `keraslm score --tokens` lists them."""
    logits = np.array([[0.0, 1.0], [0.0, -800.0], [800.0, 0.0]])
    with np.errstate(all="ignore"):
        log_p = program(logits)[:, 1]
    words = ("likely", "unlikely", "unlikely")
    table = Score(words, log_p, words, np.zeros(3, bool)).table()
    endless = int(np.sum(~np.isfinite(table["loss_nats"])))
    return Check("losses", endless, 0, "infinite or no number, of three tokens")


BUG = Bug(
    name="log(0)",
    symptom="the loss is NaN after some hundred steps, or the perplexity is infinite",
    revealed_by="`Score.table`: the token whose loss is infinite",
    seen="tensorflow/models#181",
    mistaken=mistaken,
    right=right,
    check=check,
)
