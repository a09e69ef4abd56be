"""Smoothing n-grams on the disk: the same formulas, a block of histories at a time.

A formula sees the n-grams of whole histories, their counts and the probabilities after
the shorter histories, and needs no others; so it gives the same numbers for a block as
for all n-grams at once.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from keraslm.counts.additive import CANNOT_BE_PRUNED, Additive
from keraslm.counts.discounting import Discounting
from keraslm.counts.jelinek_mercer import JelinekMercer
from keraslm.counts.on_disk.additive import AdditiveOnDisk
from keraslm.counts.on_disk.held_out import best_delta_on_disk, best_lambdas_on_disk
from keraslm.counts.on_disk.likelihood import Likelihood, shares_of_table
from keraslm.counts.on_disk.ngrams import NgramsOnDisk
from keraslm.counts.on_disk.places import counts_for, rare
from keraslm.counts.on_disk.pruning import keep
from keraslm.counts.smoothing import Order, Recursive, Smoothing, limits_by_order
from keraslm.counts.stupid_backoff import (
    StupidBackoff,
    normalised_order,
    normalised_words,
)
from keraslm.counts.table import BackoffTable, Table
from keraslm.errors import UsageError
from keraslm.files.spilled import InOrder, Spilled, Workspace


class Smoothed(NamedTuple):
    """A table, and what it makes of the text that was counted."""

    table: Table
    training: Likelihood


def fit_on_disk(
    kind: type[Smoothing], ngrams: NgramsOnDisk, held_out: Any
) -> Smoothing:
    """Find a formula's numbers, as `kind.fit`."""
    if issubclass(kind, Discounting):
        return kind.of_rare(rare(kind, ngrams))
    is_there = held_out is not None and len(held_out) > 0
    if issubclass(kind, JelinekMercer) and is_there:
        return kind(best_lambdas_on_disk(ngrams, held_out).tolist())
    if issubclass(kind, Additive) and is_there:
        return kind(best_delta_on_disk(ngrams, held_out))
    return kind.fit(ngrams, held_out)


def estimate_on_disk(
    smoothing: Smoothing, ngrams: NgramsOnDisk, prune: tuple[int, ...] = ()
) -> Smoothed:
    """Apply a formula, as `smoothing.estimate`.

    Raises: UsageError for n-grams to prune with additive smoothing.
    """
    if isinstance(smoothing, Additive):
        if any(prune):
            raise UsageError(CANNOT_BE_PRUNED)
        table = AdditiveOnDisk(ngrams.trie, ngrams.counts, smoothing.delta)
        shares = table.shares(ngrams.line_starts)
        return Smoothed(table, Likelihood.of(ngrams.counts[0], shares))
    if not isinstance(smoothing, Recursive):
        raise UsageError(f"{smoothing.name} does not count on the disk")
    limits = limits_by_order(prune, ngrams.trie.order)
    whole = _whole_table(smoothing, ngrams, limits)
    if isinstance(smoothing, StupidBackoff):
        whole = _normalised(whole, ngrams)
    training = Likelihood.of(ngrams.counts[0], shares_of_table(whole, ngrams))
    return Smoothed(keep(whole, ngrams, limits) if any(prune) else whole, training)


def _whole_table(
    smoothing: Recursive, ngrams: NgramsOnDisk, limits: list[int]
) -> BackoffTable:
    """Give the table in which the pruned n-grams still stand, backed off."""
    counted = counts_for(type(smoothing), ngrams)
    p, log_p, _ = _words(smoothing, ngrams, counted[0])
    all_log_p: list[Any] = [log_p]
    all_log_b: list[Any] = []
    for k in range(1, ngrams.trie.order):
        of_order = _Columns(ngrams.workspace)
        lower = InOrder(ngrams.parted_suffixes[k - 1].values(p, np.float64))
        for order in _orders(ngrams, k, counted[k], lower, limits[k]):
            seen = np.where(order.kept, smoothing.seen(order), 0)
            of_order.append(*smoothing.combine(order, seen))
        _close(p)
        p = of_order.p
        all_log_p.append(of_order.log_p)
        all_log_b.append(of_order.log_b)
    _close(p)
    return BackoffTable(ngrams.trie, all_log_p, all_log_b, counted)


class _Columns:
    """What a formula gives the n-grams of an order, on the disk."""

    def __init__(self, w: Workspace) -> None:
        self.p, self.log_p, self.log_b = (w.new(np.float64) for _ in range(3))

    def append(self, p: np.ndarray, b: np.ndarray) -> None:
        """Add the n-grams and the histories of a block."""
        with np.errstate(divide="ignore"):  # log 0 = -inf
            self.p.append(p)
            self.log_p.append(np.log(p))
            self.log_b.append(np.log(b))


def _orders(
    ngrams: NgramsOnDisk, k: int, counted: Any, lower: InOrder, limit: int
) -> Iterator[Order]:
    """Yield what a formula sees, some histories at a time."""
    for some in ngrams.longer_levels[k - 1].families():
        place = slice(some.start, some.stop)
        counts = counted[place].astype(np.int64)
        kept = ngrams.counts[k][place] > limit
        yield Order(k + 1, some.level, counts, kept, lower.take(len(counts)))


def _words(
    smoothing: Recursive, ngrams: NgramsOnDisk, counts: np.ndarray
) -> tuple[Any, np.ndarray, np.ndarray]:
    """Give P(w), its logarithm and that of the weight of the empty history."""
    level = ngrams.trie.levels[0]
    lower = np.array([1 / len(level)])[ngrams.suffixes[0]]
    order = Order(1, level, counts, np.ones(len(level), bool), lower)
    p, b = smoothing.combine(order, smoothing.seen(order))
    with np.errstate(divide="ignore"):
        return p, np.log(p), np.log(b)


def _close(array: Any) -> None:
    if isinstance(array, Spilled):
        array.close()


def _normalised(scores: BackoffTable, ngrams: NgramsOnDisk) -> BackoffTable:
    """Divide scores by their sum after each history, as `stupid_backoff.normalised`."""
    z: Any
    first, z = normalised_words(scores.log_p[0])
    log_p: list[Any] = [first]
    log_b: list[Any] = []
    new = ngrams.workspace.new
    for k, level in enumerate(ngrams.longer_levels, start=1):
        shares, weights, longer_z = new(np.float64), new(np.float64), new(np.float64)
        before: Any = scores.log_p[k - 1]
        lower = InOrder(ngrams.parted_suffixes[k - 1].values(before, np.float64))
        lower_z = InOrder(_z_of_histories(ngrams, k, z))
        for some in level.families():
            own = scores.log_p[k][some.start : some.stop]
            of_order = normalised_order(
                some.level,
                (own, scores.log_b[k - 1][some.histories]),
                lower.take(len(own)),
                lower_z.take(some.level.histories),
            )
            for spilled, values in zip(
                (shares, weights, longer_z), of_order, strict=True
            ):
                spilled.append(values)
        z = longer_z
        log_p.append(shares)
        log_b.append(weights)
    return BackoffTable(scores.trie, log_p, log_b, scores.counts)


def _z_of_histories(ngrams: NgramsOnDisk, k: int, z: Any) -> Iterator[np.ndarray]:
    """Yield Z(h') of each history h of k tokens."""
    if k == 1:
        return iter([z[ngrams.suffixes[0]]])
    return ngrams.parted_suffixes[k - 2].values(z, np.float64)
