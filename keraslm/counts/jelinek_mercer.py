"""Jelinek-Mercer: mix the orders with weights learnt on held-out text."""

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import Interpolated, Order
from keraslm.counts.sorting import gather
from keraslm.errors import UsageError
from keraslm.expectation_maximisation import expectation_maximisation

START = 0.5
LEAST = 1e-6  # a lambda stays this far from 0 and 1: no word becomes impossible
NO_HELD_OUT = (
    "jelinek-mercer chooses its weights on validation text and there is none; give "
    "`split='90/10'`, or another `smoothing`"
)


class JelinekMercer(Interpolated):
    """Mix each order's frequencies with the shorter history's probability.

    Math:   P(w | h) = lambda_n c(h w) / c(h) + (1 - lambda_n) P(w | h')
            and P(w | h') alone after a history that was never seen
    References: Jelinek & Mercer (1980); Chen & Goodman (1998), section 2.4.
    """

    name = "jelinek-mercer"

    def __init__(self, lambdas: list[float]) -> None:
        self.lambdas = list(lambdas)

    @classmethod
    def fit(cls, ngrams: Ngrams, held_out: np.ndarray | None = None) -> Self:
        """Find the lambdas that give the held-out text the highest probability.

        Raises: UsageError if there is no held-out text.
        """
        if held_out is None or not len(held_out):
            raise UsageError(NO_HELD_OUT)
        frequencies, known = _evidence(ngrams, held_out)
        uniform = 1 / ngrams.trie.vocabulary_size
        return cls(best_lambdas(frequencies, known, uniform).tolist())

    def settings(self) -> dict[str, Any]:
        """Give lambda_n, order by order."""
        return {"lambdas": self.lambdas}

    def seen(self, order: Order) -> np.ndarray:
        """Give lambda_n c(h w) / c(h)."""
        return self.lambdas[order.n - 1] * order.frequencies


def best_lambdas(
    frequencies: np.ndarray, known: np.ndarray, uniform: float
) -> np.ndarray:
    """Learn the lambdas: how often each order, when asked, is the one that answers.

    Math:   asked_n = sum_t r_0 + .. + r_n over the tokens whose history n knows,
            r_n(t) = the probability that order n answered, r_0 the uniform distribution
            lambda_n = sum_t r_n / asked_n
    Shapes: frequencies (orders, tokens), known (orders, tokens) bool -> (orders,)
    """

    def maximise(r: np.ndarray) -> np.ndarray:
        asked = np.where(known, np.cumsum(r, axis=0)[1:], 0).sum(axis=1)
        lambdas = r[1:].sum(axis=1) / np.maximum(asked, LEAST)
        return np.where(known.any(axis=1), lambdas.clip(LEAST, 1 - LEAST), START)

    p = np.vstack([np.full(frequencies.shape[1], uniform), frequencies])
    start = np.full(len(frequencies), START)
    return expectation_maximisation(p, start, lambda x: shares(x, known), maximise)


def shares(lambdas: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Say how probably each order is the one that answers, and the uniform, first.

    From the highest order down, order n answers with probability lambda_n and passes
    the question on otherwise; where it does not know the history it passes it on.

    Shapes: (orders,), (orders, tokens) -> (1 + orders, tokens)
    """
    answers = np.where(known, lambdas[:, None], 0)
    shares, asked = np.empty((1 + len(answers), answers.shape[1])), 1.0
    for n in reversed(range(len(answers))):
        shares[n + 1], asked = asked * answers[n], asked * (1 - answers[n])
    shares[0] = asked
    return shares


def _evidence(ngrams: Ngrams, held_out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give c(h w) / c(h) of each token and order, and whether c(h) > 0.

    Shapes: -> (orders, tokens), (orders, tokens) bool
    """
    found = list(evidence(ngrams, held_out))
    frequencies, known = zip(*found, strict=True)
    return np.concatenate(frequencies, axis=1), np.concatenate(known, axis=1)


def evidence(
    ngrams: Ngrams, held_out: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield what the counts say of each token, stretch by stretch.

    Shapes: -> c(h w) / c(h) (orders, tokens), c(h) > 0 (orders, tokens) bool
    """
    pairs = list(zip(ngrams.trie.levels, ngrams.counts, strict=True))
    totals = [level.sum_over_words(counts) for level, counts in pairs]
    for found in ngrams.trie.look_up(held_out):
        count = [gather(c, i) for c, i in zip(ngrams.counts, found.ngrams, strict=True)]
        total = [gather(t, i) for t, i in zip(totals, found.histories, strict=True)]
        yield np.array(count) / np.maximum(total, 1), np.array(total) > 0
