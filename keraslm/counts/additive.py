"""Additive smoothing: every word is counted `delta` times more than it was seen.

Math:   P(w | h) = (c(h w) + delta) / (c(h) + delta V)
        with h the longest history, order - 1 tokens or as many as the line gives.
        delta = 1 is Laplace's rule, delta = 0 the maximum likelihood estimate.
References: Laplace (1814); Lidstone (1920); Chen & Goodman (1998), section 2.1.
"""

import math
from typing import Any

import numpy as np

from keraslm.counts.ngrams import Found, Ngrams
from keraslm.counts.smoothing import Smoothing
from keraslm.counts.sorting import count_distinct, gather
from keraslm.errors import UsageError


class Additive(Smoothing):
    """P(w | h) = (c(h w) + delta) / (c(h) + delta V).

    An unseen history gives every word the same probability, 1 / V. With delta = 0 that
    is a convention, for 0 / 0 says nothing; an unseen word after a seen history then
    has probability 0, and a text that holds one has an infinite perplexity.
    Raises: UsageError if delta < 0 or is not a number.
    """

    name = "additive"

    def __init__(self, delta: float) -> None:
        if not 0 <= delta < math.inf:
            raise UsageError(
                "delta must be 0 or more so that probabilities are not negative; "
                f"received {delta}"
            )
        self.delta = float(delta)

    def settings(self) -> dict[str, Any]:
        """Give delta."""
        return {"delta": self.delta}

    def log_probabilities(self, ngrams: Ngrams, found: Found) -> np.ndarray:
        """Give log P(w | h) of each token of a text.

        Shapes: found (tokens,) -> (tokens,)
        """
        count, total = counts_of(ngrams, found)
        return log_additive(count, total, self.delta, ngrams.vocabulary_size)

    def next_log_probabilities(self, ngrams: Ngrams, history: list[int]) -> np.ndarray:
        """Give log P(w | h) of every word after one history.

        Shapes: -> (vocabulary,)
        """
        order = ngrams.orders[len(history) - 1]
        children = order.children(history[-1])
        counts = np.append(order.counts[children], 0)  # 0: each word never seen here
        size = ngrams.vocabulary_size
        seen = log_additive(counts, counts.sum(), self.delta, size)
        row = np.full(size, seen[-1])
        row[order.words[children]] = seen[:-1]
        return row


def log_additive(
    count: np.ndarray, total: np.ndarray, delta: float, vocabulary_size: int
) -> np.ndarray:
    """Give the logarithm of the formula.

    Math:   log((c(h w) + delta) / (c(h) + delta V)), and -log V where that is 0 / 0
    Shapes: count (n,) and total (n,) or () -> (n,)
    """
    denominator = total + delta * vocabulary_size
    with np.errstate(divide="ignore", invalid="ignore"):  # log 0 = -inf; 0 / 0
        log_probability = np.log(count + delta) - np.log(denominator)
    return np.where(denominator == 0, -math.log(vocabulary_size), log_probability)


def counts_of(ngrams: Ngrams, found: Found) -> tuple[np.ndarray, np.ndarray]:
    """Give c(h w) and c(h) of each token, h its longest history.

    Shapes: -> (tokens,), (tokens,)
    """
    count = np.zeros(len(found.history_length), dtype=np.int64)
    total = np.zeros(len(found.history_length), dtype=np.int64)
    for length, order in enumerate(ngrams.orders):
        here = np.flatnonzero(found.history_length == length)
        count[here] = gather(order.counts, found.ngrams[length][here])
        total[here] = gather(order.totals, found.contexts[length][here])
    return count, total


def best_delta(ngrams: Ngrams, held_out: np.ndarray) -> float:
    """Choose the delta that gives a held-out text the highest probability.

    A search along a line: a coarse grid on a logarithmic scale, then a fine one.

    Math:   argmax_delta sum_t log P(y_t | h_t),  delta from 1e-6 to 10
    Shapes: held_out (tokens,) ids
    """
    count, total, times = _distinct_counts(ngrams, held_out)

    def nats(delta: float) -> float:
        return -float(times @ log_additive(count, total, delta, ngrams.vocabulary_size))

    coarse = np.geomspace(1e-6, 10, 29)
    best = int(np.argmin([nats(delta) for delta in coarse]))
    fine = np.geomspace(coarse[max(best - 1, 0)], coarse[min(best + 1, 28)], 25)
    return float(min(fine, key=nats))


def _distinct_counts(
    ngrams: Ngrams, ids: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the distinct pairs c(h w), c(h) of a text, and how many tokens have each."""
    found = [counts_of(ngrams, stretch) for stretch in ngrams.look_up(ids)]
    count, total = np.concatenate(found, axis=1)  # (2, tokens)
    base = int(total.max()) + 1
    pairs, times, _ = count_distinct(count * base + total)
    return pairs // base, pairs % base, times
