"""Greedy is called sampling: the most probable word is taken, and nothing is drawn."""

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.sampling.sampler import Sampler

DRAWS = 2_000


def mistaken(probabilities: np.ndarray, rng: np.random.Generator) -> int:
    """Sample the next word; shapes: (vocabulary,)."""
    return int(np.argmax(probabilities))


def right(probabilities: np.ndarray, rng: np.random.Generator) -> int:
    """Sample the next word: each as often as it is probable."""
    return int(rng.choice(len(probabilities), p=probabilities))


def check(program: Function) -> Check:
    """Count what is drawn, beside the distribution of keraslm's sampler."""
    rng = np.random.default_rng(0)
    p = np.array([0.4, 0.3, 0.2, 0.1])
    drawn = [program(p, rng) for _ in range(DRAWS)]
    shares = np.bincount(drawn, minlength=len(p)) / DRAWS
    off = float(np.abs(shares - Sampler().distribution(np.log(p))).max())
    return Check("shares", off, 0.05, "by which a word's share of the draws is off")


BUG = Bug(
    name="greedy called sampling",
    symptom="every seed writes the same text, and soon the same sentence again",
    revealed_by="`model.explain`: what is drawn from, and the random number",
    seen="FluxML/model-zoo#12",
    mistaken=mistaken,
    right=right,
    check=check,
)
