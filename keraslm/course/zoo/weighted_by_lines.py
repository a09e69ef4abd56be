"""Means of batches are weighted by their lines, and not by their tokens."""

import math

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.course.zoo.sample import off_the_card, sample

Batches = list[list[np.ndarray]]


def mistaken(batches: Batches) -> float:
    """Give the perplexity of a text; batches[k][i] is log P of the tokens of a line."""
    nats, lines = 0.0, 0
    for batch in batches:
        nats -= len(batch) * np.concatenate(batch).mean()
        lines += len(batch)
    return math.exp(nats / lines)


def right(batches: Batches) -> float:
    """Give the perplexity: a batch weighs as many tokens as it has."""
    nats, tokens = 0.0, 0
    for batch in batches:
        nats -= np.concatenate(batch).sum()
        tokens += sum(map(len, batch))
    return math.exp(nats / tokens)


def check(program: Function) -> Check:
    """Compare it with a card; a batch has up to two lines."""
    card, lines = sample()
    return off_the_card(program([lines[:2], lines[2:4], lines[4:]]), card)


BUG = Bug(
    name="batch means weighted by lines",
    symptom="short lines count more; the loss depends on which lines share a batch",
    revealed_by="the card of `evaluate`: `tokens` and nats a token",
    seen="meta-pytorch/torchtune#1875",
    mistaken=mistaken,
    right=right,
    check=check,
)
