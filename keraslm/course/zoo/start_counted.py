"""<s> is counted: what is given, and never predicted, is among the tokens."""

import dataclasses
import math

import numpy as np

from keraslm.audit.check import Check
from keraslm.card import difference
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.course.zoo.sample import sample

Lines = list[np.ndarray]


def mistaken(lines: Lines) -> tuple[float, int]:
    """Give the perplexity and its tokens; lines[i] is log P of the words and </s>."""
    tokens = sum(1 + len(line) for line in lines)
    return math.exp(-sum(line.sum() for line in lines) / tokens), tokens


def right(lines: Lines) -> tuple[float, int]:
    """Give the perplexity of the words and the ends of lines, and how many they are."""
    tokens = sum(len(line) for line in lines)
    return math.exp(-sum(line.sum() for line in lines) / tokens), tokens


def check(program: Function) -> Check:
    """Ask, as `compare` does, whether its card measures the same as keraslm's."""
    card, lines = sample()
    perplexity, tokens = program(lines)
    other = dataclasses.replace(card, perplexity=perplexity, tokens=tokens)
    refused = int(difference(card, other) is not None)
    return Check("compared", refused, 0, "cards that do not measure the same thing")


BUG = Bug(
    name="`<s>` counted",
    symptom="the perplexity is lower than that of others, most of all with short lines",
    revealed_by="`compare` shows no perplexities: `tokens` of the cards differ",
    seen="kpu/kenlm#181",
    mistaken=mistaken,
    right=right,
    check=check,
)
