"""The equations that every table of n-grams keeps, tried on all that it holds.

Math:   the words after a history are in order, each once;
        sum_{w: h w stored} P(w | h) <= 1 for every history, and = 1 for the empty one;
        c(h) = sum_w c(h w)
"""

import bisect
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from keraslm.counts.additive import AdditiveTable
from keraslm.counts.columns import BLOCK, in_blocks
from keraslm.counts.opening import LARGEST_COUNT, LARGEST_LOGARITHM, ROUNDING
from keraslm.counts.quantize import Quantized
from keraslm.counts.table import BackoffTable, Table
from keraslm.counts.trie import Level

SLACK = 1e-3  # of a sum of many probabilities that is 1


def check_table(table: Table) -> None:
    """Read all that a table holds, and see that it keeps the equations.

    A stretch of histories is read at a time, so that little is in memory.

    Raises: ValueError that says what does not.
    """
    for n, level in enumerate(table.trie.levels[1:], start=2):
        _check_level(level, n)
    if isinstance(table, AdditiveTable):
        _check_counts(table.counts)
        _check_totals(table)
    elif isinstance(table, BackoffTable):
        if table.counts is not None:
            _check_counts(table.counts)
        _check_logarithms(table)


def _check_level(level: Level, n: int) -> None:
    largest = level.vocabulary_size - 1
    previous = 0
    for starts, _ in _stretches(level, n):
        if int(starts[0]) < previous or np.any(np.diff(starts) < 0):
            raise ValueError(f"starts-{n} are not in order")
        previous = int(starts[-1])
        words = level.words_of(slice(int(starts[0]), previous)).astype(np.int64)
        _check_range(words, f"words-{n}", 0, largest)
        new_history = np.zeros(len(words) + 1, bool)
        new_history[starts - starts[0]] = True
        if not np.all((np.diff(words) > 0) | new_history[1:-1]):
            raise ValueError(f"the n-grams of order {n} are not in order")


def _stretches(level: Level, n: int) -> Iterator[tuple[np.ndarray, slice]]:
    """Yield where the children of some histories start, and which histories they are.

    A stretch has about BLOCK histories and n-grams at most.
    """
    first, places = 0, _Starts(level)
    while first < level.histories:
        most = min(first + BLOCK, level.histories)
        last = bisect.bisect_right(places, places[first] + BLOCK, first, most + 1) - 1
        last = min(max(last, first + 1), most)
        starts = level.starts_of(range(first, last + 1)).astype(np.int64)
        _check_range(starts, f"starts-{n}", 0, len(level))
        yield starts, slice(first, last)
        first = last


class _Starts:
    """Where the children of a history start, one by one."""

    def __init__(self, level: Level) -> None:
        self.level = level

    def __len__(self) -> int:
        return self.level.histories + 1

    def __getitem__(self, history: int) -> int:
        return int(self.level.starts_of(range(history, history + 1))[0])


def _check_counts(counts: list[Any]) -> None:
    for n, column in enumerate(counts, start=1):
        total = 0.0
        for block in in_blocks(column):
            _check_range(block, f"counts-{n}", 0, LARGEST_COUNT)
            total += float(block.sum(dtype=np.float64))
        if total > LARGEST_COUNT:
            raise ValueError("they add up to more than a whole number of 64 bits")


def _check_totals(table: AdditiveTable) -> None:
    columns = zip(table.trie.levels, table.counts, table.totals, strict=True)
    for n, (level, counts, totals) in enumerate(columns, start=1):
        for starts, histories in _stretches(level, n):
            found = _sums(np.asarray(counts[starts[0] : starts[-1]]), starts)
            if not np.array_equal(found, np.asarray(totals[histories], np.float64)):
                raise ValueError(f"totals-{n} are not the sums of counts-{n}")


def _check_logarithms(table: BackoffTable) -> None:
    slack = 1 + SLACK
    if isinstance(table, Quantized):
        slack *= math.exp(min(table.rounding, 1.0))
    for n, log_b in enumerate(table.log_b, start=1):
        for block in in_blocks(log_b):
            _check_range(block, f"log-b-{n}", -math.inf, LARGEST_LOGARITHM)
    for n, level in enumerate(table.trie.levels, start=1):
        for starts, _ in _stretches(level, n):
            log_p = np.asarray(table.log_p[n - 1][starts[0] : starts[-1]])
            _check_range(log_p, f"log-p-{n}", -math.inf, ROUNDING)
            totals = _sums(np.exp(log_p), starts)
            if totals.max(initial=0) > slack or (n == 1 and totals[0] < 1 - SLACK):
                raise ValueError(f"the probabilities of order {n} do not sum to one")


def _sums(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Add up the values of each history; shapes: (n,), (m + 1,) -> (m,)."""
    history = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    return np.bincount(history, values, len(starts) - 1)


def _check_range(values: np.ndarray, name: str, least: float, largest: float) -> None:
    if not len(values) or (values.min() >= least and values.max() <= largest):
        return
    if least == -math.inf:
        raise ValueError(f"{name} has a logarithm that is too large, or no number")
    raise ValueError(f"{name} has a number that is not {least} .. {largest}")
