"""A smoothing: the formula that turns counts into probabilities.

Every one of them gives each n-gram that was seen a share of the probability after its
history, and keeps the rest for the words that were not. They differ in the share, and
in who gets the rest:

    interpolated    every word, in proportion to its probability after a shorter history
    backed off      only the words that were not seen here, in the same proportion
"""

import abc
import dataclasses
import functools
from typing import Any, ClassVar, Self

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.table import BackoffTable, Table
from keraslm.counts.trie import Level

ROUNDING = 1e-12
"""A mass below this is a sum of shares that rounding kept from being one."""


@dataclasses.dataclass(frozen=True)
class Order:
    """What a formula sees of the n-grams of one order.

    Shapes: counts (ngrams,), kept (ngrams,) bool, lower (ngrams,)
    """

    n: int
    level: Level
    counts: np.ndarray
    kept: np.ndarray
    """Whether the n-gram outlives pruning; a count pruned still counts in c(h)."""
    lower: np.ndarray
    """P(w | h'), h' being the history without its first word; 1 / V of order 1."""

    @functools.cached_property
    def totals(self) -> np.ndarray:
        """c(h) = sum_w c(h w). Shapes: (histories,)."""
        return self.level.sum_over_words(self.counts)

    @functools.cached_property
    def types(self) -> np.ndarray:
        """T(h), how many different words follow h. Shapes: (histories,)."""
        return self.level.sum_over_words(self.counts > 0)

    def of_history(self, values: np.ndarray) -> np.ndarray:
        """Give each n-gram its history's value. Shapes: (histories,) -> (ngrams,)."""
        return values[self.level.history]

    @property
    def frequencies(self) -> np.ndarray:
        """c(h w) / c(h). Shapes: (ngrams,)."""
        return self.counts / self.of_history(self.totals)


class Smoothing(abc.ABC):
    """A formula and the numbers in it."""

    name: ClassVar[str]
    notes: tuple[str, ...] = ()
    """What a user should know of how the numbers were found."""

    @classmethod
    def fit(cls, ngrams: Ngrams, held_out: np.ndarray | None = None) -> Self:
        """Find the formula's numbers in the counts, or on a held-out text.

        Shapes: held_out (tokens,) ids
        """
        return cls()

    def settings(self) -> dict[str, Any]:
        """Give the formula's numbers, as JSON."""
        return {}

    @abc.abstractmethod
    def estimate(self, ngrams: Ngrams, prune: tuple[int, ...] = ()) -> Table:
        """Apply the formula, leaving out n-grams that occur `prune` times or less.

        Units: `prune` one count an order from 1 up, the last for all higher ones
        """


class Recursive(Smoothing):
    """A smoothing that asks shorter histories for what longer ones do not know."""

    counts_places: ClassVar[bool] = False
    """Whether it counts the places where an n-gram goes on instead of how often it
    occurs."""

    @staticmethod
    def counts(ngrams: Ngrams) -> list[np.ndarray]:
        """Give the counts that the formula takes; shapes (ngrams,) an order."""
        return ngrams.counts

    @abc.abstractmethod
    def seen(self, order: Order) -> np.ndarray:
        """Give the share of each n-gram that was seen; shapes (ngrams,)."""

    @abc.abstractmethod
    def combine(self, order: Order, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give P(w | h) of each n-gram, and b(h), the weight of the shorter history.

        Shapes: seen (ngrams,) -> (ngrams,), (histories,)
        """

    def estimate(self, ngrams: Ngrams, prune: tuple[int, ...] = ()) -> BackoffTable:
        """Apply the formula from the shortest n-grams to the longest."""
        kept = kept_after_pruning(ngrams, prune)
        table = self.whole_table(ngrams, kept)
        return table.keep(kept) if any(prune) else table

    def whole_table(self, ngrams: Ngrams, kept: list[np.ndarray]) -> BackoffTable:
        """Give the table in which the pruned n-grams still stand, backed off."""
        log_p, log_b = [], []
        p = np.array([1 / ngrams.trie.vocabulary_size])
        counted = self.counts(ngrams)
        for k, counts in enumerate(counted):
            lower = p[ngrams.suffixes[k]]
            order = Order(k + 1, ngrams.trie.levels[k], counts, kept[k], lower)
            p, b = self.combine(order, np.where(kept[k], self.seen(order), 0))
            with np.errstate(divide="ignore"):  # log 0 = -inf
                log_p.append(np.log(p))
                log_b.append(np.log(b))
        return BackoffTable(ngrams.trie, log_p, log_b[1:], counted)


class Interpolated(Recursive):
    """P(w | h) = seen(h w) + b(h) P(w | h'),  b(h) = 1 - sum_w seen(h w)."""

    def combine(self, order: Order, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the rest to every word."""
        b = rest(order.level.sum_over_words(seen))
        return seen + order.of_history(b) * order.lower, b


class BackedOff(Recursive):
    """P(w | h) = seen(h w), or b(h) P(w | h') where h w was not seen.

    Math:   b(h) = (1 - sum_w seen(h w)) / (1 - sum_{w: c(h w) > 0} P(w | h'))
    Where every word was seen there is nobody to give the rest to: the shares are
    divided by their sum.
    """

    def combine(self, order: Order, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the rest to the words that were not seen."""
        is_seen = (order.counts > 0) & order.kept
        given = order.level.sum_over_words(seen)
        unseen = rest(order.level.sum_over_words(np.where(is_seen, order.lower, 0)))
        with np.errstate(divide="ignore", invalid="ignore"):
            b = np.where(unseen > 0, rest(given) / unseen, 0)
            scale = np.where((unseen > 0) | (given == 0), 1, 1 / given)
        backed_off = order.of_history(b) * order.lower
        return np.where(is_seen, seen * order.of_history(scale), backed_off), b


def rest(mass: np.ndarray) -> np.ndarray:
    """Give 1 - mass, and 0 where only rounding keeps the mass from being 1."""
    left = 1 - mass
    return np.where(left < ROUNDING, 0, left)


def kept_after_pruning(ngrams: Ngrams, prune: tuple[int, ...]) -> list[np.ndarray]:
    """Say which n-grams occur more often than the limit of their order.

    Shapes: -> (ngrams,) bool an order; all words are kept
    """
    limits = limits_by_order(prune, ngrams.trie.order)
    longer = zip(ngrams.counts[1:], limits[1:], strict=True)
    words = np.ones(ngrams.trie.vocabulary_size, dtype=bool)
    return [words, *(counts > limit for counts, limit in longer)]


def limits_by_order(prune: tuple[int, ...], order: int) -> list[int]:
    """Give how often the n-grams of each order occur at most that are left out."""
    return [prune[min(k, len(prune) - 1)] if prune else 0 for k in range(order)]


def counts_of_counts(counts: np.ndarray, highest: int) -> list[int]:
    """Count how many n-grams occur once, twice ... `highest` times.

    Math:   n_r = |{h w : c(h w) = r}|,  r = 1 .. highest
    """
    small = counts[(counts > 0) & (counts <= highest)]
    return np.bincount(small, minlength=highest + 1)[1:].tolist()
