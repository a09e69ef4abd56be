"""The words of a text in blocks, each with the words around it.

A block is a run of centre words. Its windows overlap, so that the scores of all its
centre words against all words around it are one product of two matrices, of which a
mask keeps the pairs that lie in a window.

References: Ji et al. (2016), word2vec as products of matrices.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

BLOCK = 32  # centre words; with more, BLAS would share out small products to threads
STRETCH = 1 << 20  # tokens of the text that are prepared at once

Ids = npt.NDArray[np.integer]


@dataclasses.dataclass(frozen=True)
class Windows:
    """Centre words, the words around them, and which of these are in whose window.

    Shapes: centres (blocks, BLOCK), around (blocks, BLOCK + 2 window),
            inside (blocks, BLOCK, BLOCK + 2 window) bool
    """

    centres: Ids
    around: Ids
    inside: npt.NDArray[np.bool_]
    read: int  # tokens of the text up to these windows


def keep_probabilities(
    counts: npt.NDArray[np.int64], threshold: float
) -> npt.NDArray[np.float64]:
    """Give the probability to keep an occurrence of each word; 0 keeps them all.

    Math:   min(1, sqrt(t / f) + t / f), f the word's share of the text
    References: Mikolov et al. (2013), in the form of their program.
    """
    if threshold == 0:
        return np.ones(len(counts))
    share = np.maximum(counts, 1) / counts.sum()
    return np.minimum(1, np.sqrt(threshold / share) + threshold / share)


def windows_of(
    ids: Ids,
    keep: npt.NDArray[np.float64],
    boundary_id: int,
    window: int,
    blocks: int,
    rng: np.random.Generator,
) -> Iterator[Windows]:
    """Go once through a text, so many blocks at a time.

    Frequent words are dropped by chance before windows are laid, so that windows reach
    further. A centre word's window has 1 to `window` words on each side, each size as
    often, and ends with the line.

    References: Mikolov et al. (2013), sub-sampling and dynamic windows.
    """
    for start in range(0, len(ids), STRETCH):
        stretch = ids[start : start + STRETCH]
        chosen = rng.random(len(stretch)) < keep[stretch]
        ends = stretch == boundary_id
        kept = np.flatnonzero(chosen & ~ends)
        words = _padded(stretch[kept], window, 0)
        lines = _padded(np.cumsum(ends)[kept], window, -1)
        for first in range(0, len(kept), BLOCK * blocks):
            left = min(blocks, -(-(len(kept) - first) // BLOCK))
            places = _places(first, left, window)
            read = start + int(kept[first])
            yield _windows(words[places], lines[places], window, read, rng)


def _padded(values: Ids, window: int, value: int) -> Ids:
    """Fill up the last block, and the windows before the first and after the last."""
    after = -len(values) % BLOCK + window
    return np.pad(values, (window, after), constant_values=value)


def _places(first: int, blocks: int, window: int) -> npt.NDArray[np.int64]:
    """Give the places of the words around each block.

    Shapes: (blocks, BLOCK + 2 window)
    """
    starts = first + BLOCK * np.arange(blocks)
    return starts[:, None] + np.arange(BLOCK + 2 * window)


def _windows(
    around: Ids, lines: Ids, window: int, read: int, rng: np.random.Generator
) -> Windows:
    centres = around[:, window:-window]
    own_lines = lines[:, window:-window, None]
    reach = rng.integers(1, window + 1, (*centres.shape, 1), np.int16)
    columns = np.arange(BLOCK + 2 * window, dtype=np.int16) - np.int16(window)
    distance = np.abs(columns - np.arange(BLOCK, dtype=np.int16)[:, None])
    inside = (distance <= reach) & (distance > 0)
    inside &= (own_lines == lines[:, None, :]) & (own_lines >= 0)
    return Windows(centres, around, inside, read)
