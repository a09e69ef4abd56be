"""Base 2 against e: 2 is raised to nats."""

import math
from collections.abc import Sequence

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.formulas import mean
from keraslm.course.zoo.bug import Bug
from keraslm.course.zoo.sample import off_the_card, sample


def mistaken(log_probabilities: Sequence[float]) -> float:
    """Give the perplexity of a text, of the natural logarithms of P of its tokens."""
    return 2 ** -mean(log_probabilities)


def right(log_probabilities: Sequence[float]) -> float:
    """Give the perplexity: of natural logarithms it is a power of e."""
    return math.exp(-mean(log_probabilities))


def check(program: Function) -> Check:
    """Compare it with a card."""
    card, lines = sample()
    return off_the_card(program(np.concatenate(lines)), card)


BUG = Bug(
    name="base 2 against e",
    symptom="the perplexity is its own power of 0.69: 19 for 71",
    revealed_by="the card of `evaluate`; on `village`, the floor",
    seen="huggingface/evaluate#241",
    mistaken=mistaken,
    right=right,
    check=check,
)
