"""The dropout of a run that names none: the oftener it reads its text, the more.

Math:   passes = the least of  epochs,  steps B T / N  and  60 minutes v / N
        v = s R / 3M tokens a second,   M = 4 W + u S multiplications a token
        dropout = 0.05 for every 5 passes, at most 0.5

for W weights of a gate, or a quarter of those of all blocks, u units, S scores made of
a token, a text of N tokens. R is what the machine multiplies in a second, measured once
where minutes end the run, as the dropout is wanted before the first step; s the share
of it that training comes to in each precision. A run that is resumed keeps its dropout.
"""

import dataclasses

from keraslm.processor import bfloat16_units
from keraslm.text.encoder import TextEncoder
from keraslm.training.encoded import Encoded
from keraslm.training.options import STATEFUL, Configuration
from keraslm.training.pace import multiplications_a_second
from keraslm.training.reporter import Reporter
from keraslm.training.room import scores, weights_of_a_gate, window_shape

SHARES = {None: 0.67, "avx512_bf16": 0.93, "amx_bf16": 1.33}
"""s by the units that compute in bfloat16, None in float32: see docs/results.md."""
PASSES = 5
MOST = 0.5


def with_dropout(
    c: Configuration, encoder: TextEncoder, train: Encoded, reporter: Reporter
) -> Configuration:
    """Give a recurrent network, or a transformer, the dropout that suits its text.

    It is never less than the default of a text that is read a few times; where it is
    more, the user is told.
    """
    if c.family not in STATEFUL:
        return c
    often = passes(c, len(train.ids), len(encoder.vocabulary))
    suits = round(min(often // PASSES * 0.05, MOST), 2)
    if suits <= (c.dropout or 0.0):
        return c
    reporter.note(
        f"dropout {suits:g}, as the text will be read many times; "
        "`dropout` sets another"
    )
    return dataclasses.replace(c, dropout=suits)


def passes(c: Configuration, tokens: int, vocabulary_size: int) -> float:
    """Say about how often a run will read its text."""
    limits = [] if c.epochs is None else [float(c.epochs)]
    if c.steps is not None:
        rows, time = window_shape(c, tokens)
        limits.append(c.steps * rows * time / tokens)
    if c.minutes is not None:
        limits.append(60 * c.minutes * _tokens_a_second(c, vocabulary_size) / tokens)
    return min(limits)


def _tokens_a_second(c: Configuration, vocabulary_size: int) -> float:
    scoring = (c.units or 0) * scores(c, vocabulary_size)
    multiplications = 4 * weights_of_a_gate(c) + scoring
    units = bfloat16_units() if c.precision == "bfloat16" else None
    return SHARES[units] * multiplications_a_second() / (3 * multiplications)
