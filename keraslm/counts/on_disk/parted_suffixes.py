"""Which n-gram of the order below each n-gram ends in, as pairs on the disk."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from keraslm.counts.on_disk.ranges import Parted, Ranges
from keraslm.files.spilled import Spilled, Workspace


class Suffixes:
    """The suffixes of the n-grams of an order, parted by their size once for all uses.

    Shapes: suffixes (ngrams,), below (shorter n-grams,)
    """

    def __init__(self, suffixes: Spilled, below: int, w: Workspace) -> None:
        self.below = below
        self.workspace = w
        self._ranges = Ranges(suffixes.blocks(), 0, below - 1, w)
        blocks = lambda: ((block,) for block in suffixes.blocks())  # noqa: E731
        self._parted = Parted(w, blocks, self._ranges, (suffixes.dtype,))

    def _slices(self, r: int) -> Iterator[tuple[int, int]]:
        """Cut a range of the shorter n-grams into slices that memory holds."""
        first, last = self._ranges.lowest[r], self._ranges.lowest[r + 1]
        size = max(self.workspace.sortable, 1)
        return ((at, min(at + size, last)) for at in range(first, last, size))

    def count(self) -> Iterator[np.ndarray]:
        """Yield how many n-grams end in each shorter one, slice by slice.

        Shapes: (shorter n-grams,) in all
        """
        for r in range(len(self._ranges)):
            for first, last in self._slices(r):
                counts = np.zeros(last - first, np.int64)
                for some in self._within(r, first, last):
                    counts += np.bincount(some, minlength=len(counts))
                yield counts

    def values(self, below: Any, dtype: Any) -> Iterator[np.ndarray]:
        """Yield of each n-gram the value of its suffix, in the order of the n-grams.

        Shapes: below (shorter n-grams,) -> (ngrams,) in all
        """
        results = self.workspace.new(dtype)
        for r in range(len(self._ranges)):
            start = int(self._ranges.starts[r])
            for first, last in self._slices(r):
                values = below[first:last]
                self._fill(results, r, start, first, values)
        yield from self._parted.in_order(results)
        results.close()

    def _fill(
        self, results: Spilled, r: int, start: int, first: int, values: np.ndarray
    ) -> None:
        """Write the values of the suffixes that lie in one slice."""
        for some in self._parted.part(0, r):
            places = some.astype(np.int64) - first
            is_here = (places >= 0) & (places < len(values))
            if is_here.all():
                results.write(start, values[places])
            elif is_here.any():
                there = np.zeros(len(some), results.dtype)
                if start < len(results):
                    known = results.read(start, start + len(some))
                    there[: len(known)] = known
                there[is_here] = values[places[is_here]]
                results.write(start, there)
            start += len(some)

    def _within(self, r: int, first: int, last: int) -> Iterable[np.ndarray]:
        size = max(self.workspace.block, self.workspace.sortable // 4)
        for some in self._parted.part(0, r, size):
            places = some.astype(np.int64) - first
            yield places[(places >= 0) & (places < last - first)]
