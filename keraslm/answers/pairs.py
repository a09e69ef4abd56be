"""Two prompts side by side: which one is more probable, and how far a change reaches.

Math:   log-odds  = log2 P(a) - log2 P(b)
        ripple_t  = KL(P(. | a up to t) || P(. | b up to t)), where both end alike
        knock-out = log2 P(y | h) - log2 P(y | h without its token t)
"""

from typing import Any

import numpy as np

from keraslm import measures
from keraslm.answers.place import Asked, next_or_nan
from keraslm.answers.surprise import surprise
from keraslm.inference.rows import push_each, read_each

KNOCKED = 100  # tokens
RIPPLE = 100  # places


def pair(asked: Asked, one: str, other: str) -> dict[str, Any]:
    """Compare two prompts token by token.

    `ripple` has a value for the place after the first token of the common end, and so
    on; a model that sees n tokens has exactly 0 from the n-th on.
    Units: bits
    """
    told = [surprise(asked, text) for text in (one, other)]
    ids = [asked.encoder.encode_prompt(text) for text in (one, other)]
    start, end = common(*ids)
    totals = [t["total"] for t in told]
    odds = None if None in totals else totals[1] - totals[0]
    return {
        "one": told[0],
        "other": told[1],
        "start": start,
        "end": end,
        "log_odds": odds,
        "ripple": ripple(asked, ids[0], ids[1], end),
    }


def common(one: list[int], other: list[int]) -> tuple[int, int]:
    """Count the tokens that both begin with, and those that both end with."""
    shorter = min(len(one), len(other))
    start = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return start, end


def ripple(
    asked: Asked, one: list[int], other: list[int], end: int
) -> list[float | None]:
    """Give the divergence between what is expected next, along the common end.

    The first value is at the place before the common end, where the prompts differ;
    the last one after at most `RIPPLE` of its tokens.
    Units: bits; None where it is infinite, or a text is impossible
    """
    streams = [asked.stream(ids[: len(ids) - end]) for ids in (one, other)]
    values = [divergence(*next_or_nan(streams))]
    for token in one[len(one) - end :][:RIPPLE]:
        push_each(streams, [token, token])
        values.append(divergence(*next_or_nan(streams)))
    return values


def divergence(p: np.ndarray, q: np.ndarray) -> float | None:
    """Give KL(P || Q) of two distributions, given as log P and log Q.

    Units: bits; None where it is infinite, or one of them is NaN
    """
    if np.isnan(p).any() or np.isnan(q).any():
        return None
    if np.array_equal(p, q):
        return 0.0
    nats = measures.kullback_leibler(p, q)
    return measures.bits(nats) if np.isfinite(nats) else None


def knock_out(asked: Asked, text: str, token: int) -> list[float | None]:
    """Give how much each earlier token helps the probability of a next one.

    The text is read again without it; positive where the token helps.
    Units: bits, a value for each of the last `KNOCKED` tokens of the text; None where
        it is infinite
    """
    ids = asked.encoder.encode_prompt(text)
    streams = [asked.stream(ids[:-KNOCKED])]  # with all tokens, then without each one
    tail = ids[-KNOCKED:]
    for left, number in zip(reversed(range(len(tail))), tail, strict=True):
        before = streams[0].fork()
        read = read_each if left > 1 else push_each  # one text ends a token earlier
        read(streams, [number] * len(streams))
        streams.append(before)
    log_p = next_or_nan(streams)
    log_p = log_p[:, min(token, log_p.shape[1] - 1)]
    with np.errstate(invalid="ignore"):
        change = measures.bits(log_p[0] - log_p[1:])
    return [float(c) if np.isfinite(c) else None for c in change]
