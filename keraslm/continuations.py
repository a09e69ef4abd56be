"""The probability of many continuations, each after a history of its own.

Math:   log P(y_1 .. y_N | history) = sum_t log P(y_t | history, y_1 .. y_{t-1})
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from keraslm.inference.network import log_softmax
from keraslm.language_model import LanguageModel
from keraslm.sampling.together import TokenStreams
from keraslm.writing import TOGETHER


class Continuation(NamedTuple):
    """Ids that follow a history, which starts at the beginning of a line."""

    history: tuple[int, ...]
    ids: tuple[int, ...]

    @property
    def read(self) -> tuple[int, ...]:
        """What is read to know the probability: all but the last id."""
        return (*self.history, *self.ids)[:-1]


def log_probabilities(
    model: LanguageModel, asked: Sequence[Continuation]
) -> np.ndarray:
    """Give log P(ids | history) of each continuation.

    A network of keraslm's own reads them side by side, and once what several read. The
    sums do not depend on the order of their terms.

    Shapes: -> (asked,) float64, in nats
    """
    by_read: dict[tuple[int, ...], list[Continuation]] = {}
    for one in dict.fromkeys(asked):
        by_read.setdefault(one.read, []).append(one)
    longest_first = sorted(by_read, key=len, reverse=True)
    found: dict[Continuation, float] = {}
    for k in range(0, len(by_read), TOGETHER):
        reads = longest_first[k : k + TOGETHER]
        rows = [(row, one) for row, read in enumerate(reads) for one in by_read[read]]
        streams = model.streams(len(reads))
        if streams is None:
            each = [_alone(model, one) for _, one in rows]
        else:
            each = _together(streams, reads, rows)
        found |= {one: math.fsum(e) for (_, one), e in zip(rows, each, strict=True)}
    return np.array([found[one] for one in asked])


def _alone(model: LanguageModel, one: Continuation) -> list[float]:
    """Give log P of each id of a continuation."""
    ids = np.array([*one.history, *one.ids])
    each: list[float] = model.log_probabilities(ids)[len(one.history) :].tolist()
    return each


def _together(
    streams: TokenStreams,
    reads: Sequence[tuple[int, ...]],
    rows: Sequence[tuple[int, Continuation]],
) -> list[list[float]]:
    """Give log P of each id of each continuation, whose row says what it reads.

    The longest rows come first.
    """
    found: list[list[float]] = [[] for _ in rows]
    ids = np.zeros((len(reads[0]), len(reads)), np.int64)  # a row that ended reads 0
    for row, read in enumerate(reads):
        ids[: len(read), row] = read
    for time in range(len(ids) + 1):
        now = [
            (each, row, one.ids[time - len(one.history)])
            for each, (row, one) in zip(found, rows, strict=True)
            if 0 <= time - len(one.history) < len(one.ids)
        ]
        if now:
            log_p = log_softmax(streams.logits[[row for _, row, _ in now]])
            for (each, _, token_id), values in zip(now, log_p, strict=True):
                each.append(float(values[token_id]))
        if time < len(ids):
            streams.push(ids[time])
    return found
