"""Additive smoothing of counts on the disk."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from keraslm.counts.additive import AdditiveTable, log_additive
from keraslm.counts.on_disk.likelihood import Shares


@dataclasses.dataclass(frozen=True)
class AdditiveOnDisk(AdditiveTable):
    """As `AdditiveTable`; but for order 1 the arrays are on the disk."""

    def shares(self, line_starts: list[slice]) -> Iterator[Shares]:
        """Yield the n-grams that the counted text is predicted with.

        Shapes: line_starts (orders,), where the n-grams stand that begin a line
        """
        top = len(self.counts) - 1
        if top == 0:
            yield self._shares(self.trie.levels[0], self.counts[0])
            return
        for k, level in enumerate(self.trie.levels[1:], start=1):
            place = slice(0, len(level)) if k == top else line_starts[k]
            for some in level.families():  # type: ignore[attr-defined]
                first = max(place.start - some.start, 0)
                last = max(place.stop - some.start, 0)
                whole = self._shares(some.level, self.counts[k][some.start : some.stop])
                yield Shares(*(values[first:last] for values in whole))

    def _shares(self, level: Any, counts: np.ndarray) -> Shares:
        totals = level.sum_over_words(counts)[level.history]
        size = self.trie.vocabulary_size
        nats = log_additive(counts, totals, self.delta, size)
        return Shares(level.words, counts, nats)
