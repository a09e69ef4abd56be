"""How often words stand near each other."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

STRETCH = 1 << 20  # tokens of the text that are counted at once

Ids = npt.NDArray[np.integer]
Keyed = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]
Progress = Callable[[int, int], None]


class Cooccurrences(NamedTuple):
    """The pairs of words that occur together, and their weighted counts.

    Shapes: words (pairs,), contexts (pairs,), counts (pairs,) float64
    """

    words: npt.NDArray[np.int64]
    contexts: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float64]

    def some(self, chosen: Ids) -> "Cooccurrences":
        """Give the pairs of these numbers."""
        return Cooccurrences(
            self.words[chosen], self.contexts[chosen], self.counts[chosen]
        )


def count_cooccurrences(
    ids: Ids, boundary_id: int, window: int, progress: Progress | None = None
) -> Cooccurrences:
    """Count the pairs at most `window` words apart on a line, near ones for more.

    The pairs come in the order of their words, then of their contexts.

    Math:   X_ij = sum over the places of i and of j, 1 <= d <= window apart, of 1 / d
    References: Pennington et al. (2014).
    """
    size = int(ids.max(initial=0)) + 1
    keys, counts = np.zeros(0, np.int64), np.zeros(0)
    for start in range(0, len(ids), STRETCH):
        stretch = ids[start : start + STRETCH + window].astype(np.int64)
        found = list(_pairs(stretch, boundary_id, window, size))
        keys, counts = _summed([(keys, counts), *found])
        if progress:
            progress(min(start + STRETCH, len(ids)), len(ids))
    mirrored = keys % size * size + keys // size
    keys, counts = _summed([(keys, counts), (mirrored, counts)])
    return Cooccurrences(keys // size, keys % size, counts)


def _pairs(stretch: Ids, boundary_id: int, window: int, size: int) -> Iterator[Keyed]:
    """Yield, for each distance, the pairs (left, right) as numbers, and 1 / distance.

    The left words are among the first STRETCH.
    """
    ends = stretch == boundary_id
    lines = np.cumsum(ends)
    for distance in range(1, window + 1):
        right = stretch[distance:][:STRETCH]
        left = stretch[: len(right)]
        same = lines[: len(right)] == lines[distance:][:STRETCH]
        near = same & ~ends[: len(right)]
        keys = (left * size + right)[near]
        yield keys, np.full(len(keys), 1 / distance)


def _summed(parts: list[Keyed]) -> Keyed:
    """Put parts together: each key once, in order, with the sum of its counts."""
    keys = np.concatenate([keys for keys, _ in parts])
    counts = np.concatenate([counts for _, counts in parts])
    keys, place = np.unique(keys, return_inverse=True)
    return keys, np.bincount(place, counts, len(keys)).astype(np.float64)
