"""Numbers of smoothings that held-out text chooses, where that text is long too.

What the counts say of each of its tokens lies on the disk, and is added up in blocks as
NumPy adds up the whole: by halves, whose places depend on nothing but the length.
References: Higham (1993), The accuracy of floating point summation: by pairs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from keraslm.counts.additive import AdditiveTable, most_probable_delta
from keraslm.counts.jelinek_mercer import LEAST, START, evidence, shares
from keraslm.counts.on_disk.distinct import Distinct, count_on_disk
from keraslm.counts.on_disk.ngrams import NgramsOnDisk
from keraslm.expectation_maximisation import climb
from keraslm.files.spilled import Spilled

UNDIVIDED = 128  # numbers that NumPy adds up without halving them
EVEN = 8  # it halves at a multiple of this


def best_lambdas_on_disk(ngrams: NgramsOnDisk, held_out: Any) -> np.ndarray:
    """Learn the lambdas of Jelinek-Mercer, as `jelinek_mercer.best_lambdas`.

    Shapes: held_out (tokens,) -> (orders,)
    """
    return climb(np.full(ngrams.trie.order, START), _Evidence(ngrams, held_out).step)


def best_delta_on_disk(ngrams: NgramsOnDisk, held_out: Any) -> float:
    """Choose the delta of additive smoothing, as `additive.best_delta`."""
    w, base = ngrams.workspace, int(ngrams.counts[0].sum()) + 1
    table = AdditiveTable(ngrams.trie, ngrams.counts, 0.0)
    pairs = w.new(np.int64)
    for found in ngrams.trie.look_up(held_out):
        count, total = (some.astype(np.int64) for some in table.counts_of(found))
        pairs.append(count * base + total)
    blocks = lambda: ((keys, keys) for keys in pairs.blocks())  # noqa: E731
    distinct = Distinct(*(w.new(np.int64) for _ in range(3)))
    count_on_disk(blocks, 0, base * base, w, distinct, None)
    count, total = np.divmod(distinct.keys[:], base)
    size = ngrams.trie.vocabulary_size
    return most_probable_delta(count, total, distinct.counts[:], size)


class _Evidence:
    """What the counts say of each token of a text, on the disk."""

    def __init__(self, ngrams: NgramsOnDisk, text: Any) -> None:
        orders, new = range(ngrams.trie.order), ngrams.workspace.new
        self.frequencies = [new(np.float64) for _ in orders]
        self.known = [new(bool) for _ in orders]
        self.uniform = 1 / ngrams.trie.vocabulary_size
        self.block = max(ngrams.workspace.block, UNDIVIDED)
        for rows in evidence(ngrams, text):
            for columns, values in zip(
                (self.frequencies, self.known), rows, strict=True
            ):
                for column, row in zip(columns, values, strict=True):
                    column.append(row)
        self.tokens = len(self.known[0])
        self.is_known = np.array([_any(column) for column in self.known])

    def step(self, lambdas: np.ndarray) -> tuple[float, np.ndarray]:
        """Give the mean log-likelihood and the lambdas after one step.

        Shapes: lambdas (orders,) -> (), (orders,)
        """
        sums = pairwise(
            lambda start, stop: self._sums(lambdas, start, stop),
            self.tokens,
            self.block,
        )
        orders = len(lambdas)
        asked, answered = sums[1 : 1 + orders], sums[1 + orders :]
        learnt = (answered / np.maximum(asked, LEAST)).clip(LEAST, 1 - LEAST)
        return sums[0] / self.tokens, np.where(self.is_known, learnt, START)

    def _sums(self, lambdas: np.ndarray, start: int, stop: int) -> np.ndarray:
        """Add up over some tokens; shapes: -> (1 + 2 orders,)."""
        known = np.array([column.read(start, stop) for column in self.known])
        rows = [column.read(start, stop) for column in self.frequencies]
        p = np.vstack([np.full(stop - start, self.uniform), *rows])
        joint = shares(lambdas, known) * p
        total = joint.sum(axis=0)
        r = joint / total
        asked = np.where(known, np.cumsum(r, axis=0)[1:], 0).sum(axis=1)
        return np.concatenate([[np.log(total).sum()], asked, r[1:].sum(axis=1)])


def pairwise(
    leaf: Callable[[int, int], np.ndarray], length: int, most: int, start: int = 0
) -> np.ndarray:
    """Add up `length` numbers as NumPy does, at most `most` of them at once.

    `leaf` adds up the numbers from one place up to another.
    Math:   sum(a) = sum(a[:half]) + sum(a[half:]),  half a multiple of 8
    """
    if length <= max(most, UNDIVIDED):
        return leaf(start, start + length)
    half = length // 2
    half -= half % EVEN
    first = pairwise(leaf, half, most, start)
    return first + pairwise(leaf, length - half, most, start + half)


def _any(column: Spilled) -> bool:
    return any(bool(block.any()) for block in column.blocks())
