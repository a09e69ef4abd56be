"""The perplexity is averaged over batches, which Keras does with any plain metric."""

import math
from collections.abc import Sequence

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.formulas import mean
from keraslm.course.zoo.bug import Bug
from keraslm.course.zoo.sample import off_the_card, sample

Batches = Sequence[Sequence[float]]


def mistaken(batches: Batches) -> float:
    """Give the perplexity of a text; batches[k][t] is log P of a token."""
    return mean([math.exp(-mean(batch)) for batch in batches])


def right(batches: Batches) -> float:
    """Give the perplexity: add up nats and tokens, and divide once."""
    nats = -sum(sum(batch) for batch in batches)
    return math.exp(nats / sum(len(batch) for batch in batches))


def check(program: Function) -> Check:
    """Compare it with a card; a batch is a line."""
    card, lines = sample()
    return off_the_card(program(lines), card)


BUG = Bug(
    name="perplexity averaged over batches",
    symptom="the perplexity depends on the batch size, and is not exp(loss)",
    revealed_by="the card of `evaluate`; `keraslm.metrics.Perplexity` in `fit`",
    seen="keras-team/keras#13537",
    mistaken=mistaken,
    right=right,
    check=check,
)
