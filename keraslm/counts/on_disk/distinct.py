"""Counting distinct keys on the disk: sorted range by range, each range in memory."""

import dataclasses

import numpy as np

from keraslm.counts.on_disk.ranges import Blocks, Parted, Ranges
from keraslm.counts.sorting import count_distinct
from keraslm.files.spilled import Spilled, Workspace


@dataclasses.dataclass(frozen=True)
class Distinct:
    """The distinct keys in order, and how often each occurs.

    Shapes: keys (m,), counts (m,), values (m,), what belongs to one example of each
    """

    keys: Spilled
    counts: Spilled
    values: Spilled

    def add(self, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Add the greatest keys so far, of which some may be equal.

        Shapes: keys (n,), values (n,) -> (n,), the index of each key
        """
        base = len(self.keys)
        distinct, counts, index, example = count_distinct(keys)
        self._append(distinct, counts, values[example])
        index += base
        return index

    def add_one(self, key: int, count: int, value: int) -> int:
        """Add one key that occurs `count` times, and give its index."""
        self._append(np.array([key]), np.array([count]), np.array([value]))
        return len(self.keys) - 1

    def _append(self, keys: np.ndarray, counts: np.ndarray, values: np.ndarray) -> None:
        self.keys.append(keys)
        self.counts.append(counts)
        self.values.append(values)


def count_on_disk(
    blocks: Blocks,
    least: int,
    greatest: int,
    w: Workspace,
    found: Distinct,
    index: Spilled | None,
) -> None:
    """Count how often each key occurs, and say which one stands at each place.

    `blocks` gives the keys and their values from the start, as often as it is called.
    A range of keys that does not fit into memory is parted again, until it does or is a
    single key. Without an `index` the places are not said.

    Math:   as `sorting.count_distinct`
    Shapes: keys (n,) between `least` and `greatest` -> found (m,), index (n,)
    """
    ranges = Ranges((keys for keys, _ in blocks()), least, greatest, w)
    types = (np.int64, found.values.dtype)
    parted = Parted(w, blocks, ranges, types)
    results = None if index is None else w.new(index.dtype)
    for r, size in enumerate(ranges.sizes):
        _count_range(parted, r, size, found, results)
    if index is not None and results is not None:
        for block in parted.in_order(results):
            index.append(block)
        results.close()
    parted.close()


def _count_range(
    parted: Parted, r: int, size: int, found: Distinct, results: Spilled | None
) -> None:
    w, ranges = parted.workspace, parted.ranges
    first, last = ranges.lowest[r], ranges.lowest[r + 1] - 1
    if size <= w.sortable:
        index = found.add(parted.whole(0, r), parted.whole(1, r))
        if results is not None:
            results.append(index)
    elif first == last:
        value = next(parted.part(1, r))[0]
        at = found.add_one(first, size, value)
        for block in parted.part(1, r):
            if results is not None:
                results.append(np.full(len(block), at))
    else:
        columns = lambda: zip(parted.part(0, r), parted.part(1, r), strict=True)  # noqa: E731
        count_on_disk(columns, first, last, w, found, results)
