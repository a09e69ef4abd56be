"""Additive smoothing of counts on the disk."""

import dataclasses

import numpy as np

from keraslm.counts.additive import AdditiveTable, log_additive


@dataclasses.dataclass(frozen=True)
class AdditiveOnDisk(AdditiveTable):
    """As `AdditiveTable`; but for order 1 the arrays are on the disk."""

    def sizes(self) -> list[int]:
        """How many distinct n-grams were seen, order by order."""
        longer = [len(counts) for counts in self.counts[1:]]
        return [int(np.count_nonzero(self.counts[0])), *longer]

    def log_likelihood(self, line_starts: list[slice]) -> float:
        """Give log P of the text that was counted; see `estimating`.

        Shapes: line_starts (orders,), where the n-grams stand that begin a line
        """
        total, top = 0.0, len(self.counts) - 1
        size = self.trie.vocabulary_size
        if top == 0:
            counts = self.counts[0][self.counts[0] > 0]
            nats = log_additive(counts, self.totals[0], self.delta, size)
            return float(counts @ nats)
        for k, level in enumerate(self.trie.levels[1:], start=1):
            for some in level.families():  # type: ignore[attr-defined]
                counts = self.counts[k][some.start : some.stop]
                sums = some.level.sum_over_words(counts)[some.level.history]
                nats = log_additive(counts, sums, self.delta, size)
                if k < top:
                    first = max(line_starts[k].start - some.start, 0)
                    last = max(line_starts[k].stop - some.start, 0)
                    counts, nats = counts[first:last], nats[first:last]
                total += float(counts @ nats)
        return total
