"""Exponentials are averaged: the mean of 1/P stands for the exponential of a mean."""

import math
from collections.abc import Sequence

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.formulas import mean
from keraslm.course.zoo.bug import Bug
from keraslm.course.zoo.sample import off_the_card, sample


def mistaken(log_probabilities: Sequence[float]) -> float:
    """Give the perplexity of a text, of log P of its tokens."""
    return mean([math.exp(-log) for log in log_probabilities])


def right(log_probabilities: Sequence[float]) -> float:
    """Give the perplexity: average first."""
    return math.exp(-mean(log_probabilities))


def check(program: Function) -> Check:
    """Compare it with a card."""
    card, lines = sample()
    return off_the_card(program(np.concatenate(lines)), card)


BUG = Bug(
    name="averaged exponentials",
    symptom="one improbable token makes the perplexity huge",
    revealed_by="the card of `evaluate`: perplexity is exp(nats a token)",
    seen="magenta/magenta#239",
    mistaken=mistaken,
    right=right,
    check=check,
)
