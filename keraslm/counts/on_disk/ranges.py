"""Numbers that do not fit into memory, parted by their size so that each part does.

A distribution sort: one pass says how many keys lie in each of many small cells, cells
are put together to ranges, and a second pass writes each key to its range's place in
one file. What is found for the keys of each range goes back into the order of the keys,
for which a byte a key, its range, is enough.
References: Knuth (1998), The Art of Computer Programming 3, section 5.2.5 and 5.4.9.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from keraslm.files.spilled import InOrder, Spilled, Workspace

MOST = 80  # ranges of light cells; with the heavy ones they are numbered in eight bits
FEW = 1 << 20  # keys that are sorted in the processor's cache

Blocks = Callable[[], Iterable[tuple[np.ndarray, ...]]]


class Ranges:
    """Which range a key lies in; they are in the order of their keys.

    Math:   range = range_of_cell[(key - least) >> shift]
    """

    def __init__(
        self, keys: Iterable[np.ndarray], least: int, greatest: int, w: Workspace
    ) -> None:
        cells = max(w.block, 16)
        reach = greatest - least
        self.least = least
        self.shift = max(reach.bit_length() - cells.bit_length() + 1, 0)
        counts = np.zeros((reach >> self.shift) + 1, np.int64)
        for some in keys:
            counts += np.bincount(self._cells(some), minlength=len(counts))
        self._join(counts, greatest, w)

    def _join(self, counts: np.ndarray, greatest: int, w: Workspace) -> None:
        """Put neighbouring cells together, but for those that are full by themselves.

        A range of several cells has at most twice `size` keys, which are sorted at
        once unless there would be too many ranges.
        """
        total = int(counts.sum())
        size = max(min(w.sortable // 2, FEW), -(-total // MOST), 1)
        before = np.cumsum(counts) - counts
        is_first = np.diff(before // size, prepend=-1) != 0
        is_full = counts > size
        is_first |= is_full
        is_first[1:] |= is_full[:-1]
        firsts = np.flatnonzero(is_first)
        self.of_cell = (np.cumsum(is_first) - 1).astype(np.uint8)
        self.sizes = np.add.reduceat(counts, firsts).tolist()
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)])
        self.lowest = [self.least + (int(cell) << self.shift) for cell in firsts]
        self.lowest.append(greatest + 1)

    def __len__(self) -> int:
        return len(self.sizes)

    def _cells(self, keys: np.ndarray) -> np.ndarray:
        return (keys.astype(np.int64, copy=False) - self.least) >> self.shift

    def of(self, keys: np.ndarray) -> np.ndarray:
        """Give the range of each key; shapes: (keys,) -> (keys,) uint8."""
        return self.of_cell[self._cells(keys)]


class Parted:
    """Keys, and what belongs to each, written range by range.

    Shapes: columns[c] (keys,) on the disk, those of range r from starts[r] on
    """

    def __init__(
        self, w: Workspace, blocks: Blocks, ranges: Ranges, dtypes: tuple[Any, ...]
    ) -> None:
        self.ranges = ranges
        self.workspace = w
        self.columns = [w.new(dtype) for dtype in dtypes]
        self._numbers = w.new(np.uint8)
        self._lengths: list[int] = []
        places = ranges.starts[:-1].tolist()
        for keys, *others in blocks():
            number = ranges.of(keys)
            self._numbers.append(number)
            self._lengths.append(len(number))
            order, slices = _by_range(number, len(ranges))
            for column, values in zip(self.columns, (keys, *others), strict=True):
                in_order = values[order]
                for r, start, stop in slices:
                    column.write(places[r], in_order[start:stop])
            for r, start, stop in slices:
                places[r] += stop - start

    def part(self, column: int, r: int, size: int = 0) -> Iterator[np.ndarray]:
        """Yield a column's numbers of one range, in blocks and in their order."""
        start, end = int(self.ranges.starts[r]), int(self.ranges.starts[r + 1])
        size = size or self.workspace.block
        for place in range(start, end, size):
            yield self.columns[column].read(place, min(place + size, end))

    def whole(self, column: int, r: int) -> np.ndarray:
        """Give a column's numbers of one range."""
        starts = self.ranges.starts
        return self.columns[column].read(int(starts[r]), int(starts[r + 1]))

    def in_order(self, results: Spilled) -> Iterator[np.ndarray]:
        """Yield what was found for each key, in the order in which the keys came.

        Shapes: results (keys,), range by range as the keys in `part`
        """
        places = self.ranges.starts[:-1].tolist()
        numbers = InOrder(self._numbers.blocks())
        for length in self._lengths:
            order, slices = _by_range(numbers.take(length), len(self.ranges))
            found = np.empty(length, results.dtype)
            in_order = np.empty(length, results.dtype)
            for r, start, stop in slices:
                size = stop - start
                in_order[start:stop] = results.read(places[r], places[r] + size)
                places[r] += size
            found[order] = in_order
            yield found

    def close(self) -> None:
        """Give the room on the disk back."""
        for column in (*self.columns, self._numbers):
            column.close()


def _by_range(
    numbers: np.ndarray, count: int
) -> tuple[np.ndarray, list[tuple[int, int, int]]]:
    """Give the places in the order of their ranges, and where each range lies there."""
    order = np.argsort(numbers, kind="stable")  # bytes are sorted by radix
    sizes = np.bincount(numbers, minlength=count)
    stops = np.cumsum(sizes)
    there = np.flatnonzero(sizes)
    starts = (stops - sizes)[there].tolist()
    return order, list(zip(there.tolist(), starts, stops[there].tolist(), strict=True))
