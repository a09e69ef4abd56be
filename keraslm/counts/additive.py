"""Additive smoothing: every word is counted `delta` times more than it was seen.

Math:   P(w | h) = (c(h w) + delta) / (c(h) + delta V)
        with h the longest history, order - 1 tokens or as many as the line gives.
        delta = 1 is Laplace's rule, delta = 0 the maximum likelihood estimate.
References: Laplace (1814); Lidstone (1920); Chen & Goodman (1998), section 2.1.
"""

import dataclasses
import math
from typing import Any, Self

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import Smoothing
from keraslm.counts.sorting import count_distinct, gather
from keraslm.counts.table import Table
from keraslm.counts.trie import Found, Trie
from keraslm.errors import UsageError

DEFAULT_DELTA = 0.1
"""The delta where there is no held-out text to choose one on."""
CANNOT_BE_PRUNED = (
    "additive smoothing needs every count and cannot be pruned; leave out `prune`, or "
    "give another `smoothing`"
)
CANNOT_BE_QUANTIZED = (
    "additive smoothing keeps counts, which are exact, and is not quantised; leave out "
    "`quantize`, or give another `smoothing`"
)


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

    @classmethod
    def fit(cls, ngrams: Ngrams, held_out: np.ndarray | None = None) -> Self:
        """Take the delta that gives held-out text the highest probability, or 0.1."""
        if held_out is None or not len(held_out):
            return cls(DEFAULT_DELTA)
        return cls(best_delta(ngrams, held_out))

    def settings(self) -> dict[str, Any]:
        """Give delta."""
        return {"delta": self.delta}

    def estimate(self, ngrams: Ngrams, prune: tuple[int, ...] = ()) -> "AdditiveTable":
        """Keep the counts; the formula is applied when a probability is asked for.

        Raises: UsageError if something is to be pruned.
        """
        if any(prune):
            raise UsageError(CANNOT_BE_PRUNED)
        return AdditiveTable(ngrams.trie, ngrams.counts, self.delta)


@dataclasses.dataclass(frozen=True)
class AdditiveTable(Table):
    """The counts and delta; shapes: counts (ngrams,) an order."""

    kind = "additive"
    trie: Trie
    counts: list[np.ndarray]
    delta: float
    totals: list[np.ndarray] = dataclasses.field(default_factory=list)
    """c(h) = sum_w c(h w), (histories,) an order; added up if they are not given."""

    def __post_init__(self) -> None:
        """Add up the counts after each history."""
        if not self.totals:
            pairs = zip(self.trie.levels, self.counts, strict=True)
            totals = [level.sum_over_words(counts) for level, counts in pairs]
            object.__setattr__(self, "totals", totals)

    def log_probabilities(self, found: Found) -> np.ndarray:
        """Give log P(w | h) of each token of a text.

        Shapes: found (tokens,) -> (tokens,)
        """
        count, total = self.counts_of(found)
        return log_additive(count, total, self.delta, self.trie.vocabulary_size)

    def next_log_probabilities(self, history: list[int]) -> np.ndarray:
        """Give log P(w | h) of every word after one history.

        Shapes: -> (vocabulary,)
        """
        k = len(history) - 1
        level = self.trie.levels[k]
        children = level.children(history[-1])
        # the last 0 is of each word never seen here
        counts = np.append(self.counts[k][children], 0)
        size = self.trie.vocabulary_size
        seen = log_additive(counts, counts.sum(), self.delta, size)
        row = np.full(size, seen[-1])
        row[level.words_of(children)] = seen[:-1]
        return row

    def sizes(self) -> list[int]:
        """How many distinct n-grams were seen, order by order."""
        words = int(np.count_nonzero(np.asarray(self.counts[0])))
        return [words, *(len(level) for level in self.trie.levels[1:])]

    def counts_of(self, found: Found) -> tuple[np.ndarray, np.ndarray]:
        """Give c(h w) and c(h) of each token, h its longest history.

        Shapes: -> (tokens,), (tokens,)
        """
        count = np.zeros(len(found.history_length))
        total = np.zeros(len(found.history_length))
        for length, counts in enumerate(self.counts):
            here = np.flatnonzero(found.history_length == length)
            count[here] = gather(counts, found.ngrams[length][here])
            total[here] = gather(self.totals[length], found.histories[length][here])
        return count, total


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


def best_delta(ngrams: Ngrams, held_out: np.ndarray) -> float:
    """Choose the delta that gives a held-out text the highest probability.

    Shapes: held_out (tokens,) ids
    """
    table = AdditiveTable(ngrams.trie, ngrams.counts, 0.0)
    return most_probable_delta(
        *_distinct_counts(table, held_out), ngrams.trie.vocabulary_size
    )


def most_probable_delta(
    count: np.ndarray, total: np.ndarray, times: np.ndarray, size: int
) -> float:
    """Choose the delta for tokens of c(h w) and c(h), each so many times.

    A search along a line: a coarse grid on a logarithmic scale, then a fine one.

    Math:   argmax_delta sum_t log P(y_t | h_t),  delta from 1e-6 to 10
    Shapes: (pairs,) each
    """

    def nats(delta: float) -> float:
        return -float(times @ log_additive(count, total, delta, size))

    coarse = np.geomspace(1e-6, 10, 29)
    best = int(np.argmin([nats(delta) for delta in coarse]))
    fine = np.geomspace(coarse[max(best - 1, 0)], coarse[min(best + 1, 28)], 25)
    return float(min(fine, key=nats))


def _distinct_counts(
    table: AdditiveTable, ids: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the distinct pairs c(h w), c(h) of a text, and how many tokens have each."""
    found = [table.counts_of(stretch) for stretch in table.trie.look_up(ids)]
    count, total = np.concatenate(found, axis=1).astype(np.int64)  # (2, tokens)
    base = int(total.max()) + 1
    pairs, times, _, _ = count_distinct(count * base + total)
    return pairs // base, pairs % base, times
