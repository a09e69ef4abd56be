"""Padding is in the loss: it is averaged with the tokens."""

import math

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.formulas import softmax
from keraslm.course.zoo.bug import Bug
from keraslm.metrics import Perplexity


def mistaken(nats: np.ndarray, is_token: np.ndarray) -> float:
    """Give the mean loss of a batch; shapes: nats, is_token (batch, time)."""
    return float(nats.mean())


def right(nats: np.ndarray, is_token: np.ndarray) -> float:
    """Give the mean loss of the batch's tokens."""
    return float(nats[is_token].mean())


def check(program: Function) -> Check:
    """Compare it with keraslm's metric, which is given the mask as weights."""
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(size=(3, 8, 5)), rng.integers(1, 5, (3, 8))
    is_token = np.arange(8) < np.array([[8], [5], [2]])
    targets[~is_token] = 0
    logits[~is_token, 0] += 10  # padding is easily learnt
    nats = -np.log(np.take_along_axis(softmax(logits), targets[..., None], -1)[..., 0])
    metric = Perplexity()
    metric.update_state(targets, logits, is_token)
    off = abs(program(nats, is_token) - math.log(metric.result()))
    return Check("nats", off, 1e-5, "by which it is off `keraslm.metrics.Perplexity`")


BUG = Bug(
    name="padding in the loss",
    symptom="the perplexity falls when a longer sentence joins the batch",
    revealed_by="`keraslm.metrics.Perplexity`, with the mask as weights",
    seen="ml-explore/mlx-lm#1855",
    mistaken=mistaken,
    right=right,
    check=check,
)
