"""The dropout of a run that names none: the oftener it reads its text, the more.

Math:   passes = the least of  epochs,  steps B T / N  and  60 minutes v / N
        v = R / 3M tokens a second,   M = 4 u (e + (2l - 1) u) + u V multiplications
        dropout = 0.05 for every 5 passes, at most 0.5

for l layers of u units, vectors of e numbers, V words or samples, a text of N tokens. R
is what two cores come to about: the dropout is wanted before the first step.
"""

import dataclasses

from keraslm.text.encoder import TextEncoder
from keraslm.training.configuration import RECURRENT, Configuration
from keraslm.training.encoded import Encoded

MULTIPLICATIONS = {"bfloat16": 1e11, "float32": 5e10}  # a second, by precision: R
PASSES = 5
MOST = 0.5


def with_dropout(
    c: Configuration, encoder: TextEncoder, train: Encoded
) -> Configuration:
    """Give a recurrent network the dropout that suits its text.

    It is never less than the default of a text that is read a few times.
    """
    if c.model not in RECURRENT:
        return c
    often = passes(c, len(train.ids), len(encoder.vocabulary))
    suits = min(often // PASSES * 0.05, MOST)
    return dataclasses.replace(c, dropout=max(round(suits, 2), c.dropout or 0.0))


def passes(c: Configuration, tokens: int, vocabulary_size: int) -> float:
    """Say about how often a run will read its text."""
    limits = [] if c.epochs is None else [float(c.epochs)]
    if c.steps is not None:
        limits.append(c.steps * (c.batch_size or 1) * (c.time or 1) / tokens)
    if c.minutes is not None:
        limits.append(60 * c.minutes * _tokens_a_second(c, vocabulary_size) / tokens)
    return min(limits)


def _tokens_a_second(c: Configuration, vocabulary_size: int) -> float:
    units, layers = c.units or 1, c.layers or 1
    inputs = (c.embedding or 1) + (2 * layers - 1) * units
    scored = min(c.samples or vocabulary_size, vocabulary_size)
    multiplications = 4 * units * inputs + units * scored
    return MULTIPLICATIONS[c.precision or "float32"] / (3 * multiplications)
