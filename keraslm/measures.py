"""Perplexity and bits: what a model's predictions of a text cost.

Math:   nats per token  H = -1/N sum_t log P(y_t | y_1 .. y_{t-1})
        perplexity      exp(H)
        bits            H / log 2
References: Jelinek, Mercer, Bahl & Baker (1977), perplexity; Shannon (1951), bits.
"""

import math
from typing import TypeVar

import numpy as np

from keraslm.errors import UsageError

Nats = TypeVar("Nats", float, np.ndarray)


def perplexity(nats_per_token: float) -> float:
    """Turn a mean cross-entropy into a perplexity.

    Math:   exp(H), and infinity where exp(H) is no longer a number
    """
    return math.inf if nats_per_token >= 709 else math.exp(nats_per_token)


def bits(nats: Nats) -> Nats:
    """Turn nats into bits.

    Math:   H / log 2
    """
    return nats / math.log(2)


def kullback_leibler(log_p: np.ndarray, log_q: np.ndarray) -> float:
    """Give how far a distribution Q is from P; infinite where Q is 0 and P is not.

    Math:   KL(P || Q) = sum_w P(w) (log P(w) - log Q(w)), over w of P(w) > 0
    Shapes: log_p (vocabulary,), log_q (vocabulary,)
    Units: nats
    References: Kullback & Leibler (1951).
    """
    can = log_p > -np.inf
    log_p = log_p[can]
    return max(float(np.exp(log_p) @ (log_p - log_q[can])), 0.0)


def token_figures(
    log_probabilities: np.ndarray, is_oov: np.ndarray
) -> dict[str, float | int]:
    """Average the cost of the tokens, with and without those out of vocabulary.

    Math:   H = -mean(log p);   perplexity = exp(H)
    Shapes: log_probabilities (tokens,), is_oov (tokens,)
    Raises: UsageError if there is no token.
    """
    if not len(log_probabilities):
        raise UsageError("a perplexity needs at least one token; received 0")
    nats = -float(np.mean(log_probabilities))
    known = log_probabilities[~is_oov]
    without_oov = -float(np.mean(known)) if len(known) else math.nan
    return {
        "tokens": len(log_probabilities),
        "oov_tokens": int(np.sum(is_oov)),
        "nats_per_token": nats,
        "perplexity": perplexity(nats),
        "perplexity_without_oov": perplexity(without_oov),
    }


def no_figures(is_oov: np.ndarray) -> dict[str, float | int]:
    """Count the tokens of a text that cannot be measured; see `token_figures`."""
    means = ("nats_per_token", "perplexity", "perplexity_without_oov")
    counts = {"tokens": len(is_oov), "oov_tokens": int(np.sum(is_oov))}
    return counts | dict.fromkeys(means, math.nan)
