"""Blocks of centre words, in which like words share a row or a column.

References: Ji et al. (2016), word2vec as products of matrices.
"""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Ids = npt.NDArray[np.integer]


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """What was observed in some windows of a text, counted.

    A row is a hidden vector, a column a word to be predicted. `noise` is how often each
    column stands as noise beside one observation. `bags` counts the inputs of CBOW's
    windows; with skip-gram a row is an input, and it is empty.

    Shapes: inputs (words,), bags (rows, words), targets (columns,),
            observed (columns, rows), noise (columns,)
    """

    inputs: Ids
    bags: Array
    targets: Ids
    observed: Array
    noise: Array
    read: int  # tokens of the text before this block


@dataclasses.dataclass(frozen=True)
class Places:
    """The different words of each block, and where in its block each word came to lie.

    The words of block b are ids[starts[b] : starts[b + 1]].

    Shapes: ids (words of all blocks), starts (blocks + 1), place (blocks, given words)
    """

    ids: Ids
    starts: Ids
    place: Ids

    def of_blocks(self, values: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
        """Share out values of all words to the blocks."""
        for start, end in itertools.pairwise(self.starts.tolist()):
            yield values[start:end]


def distinct(words: Ids, vocabulary: int) -> Places:
    """List the different words of each block.

    Shapes: words (blocks, given words)
    """
    first = np.arange(len(words) + 1) * vocabulary
    keys, place = np.unique(words + first[:-1, None], return_inverse=True)
    starts = np.searchsorted(keys, first)
    place = place.reshape(words.shape) - starts[:-1, None]
    return Places(keys % vocabulary, starts, place)


def in_blocks(words: Ids, rows: int, beside: int = 0) -> Ids:
    """Cut words into blocks of so many, with those that stand beside a block.

    Shapes: (words + 2 beside,) -> (blocks, rows + 2 beside)
    """
    missing = -(len(words) - 2 * beside) % rows
    padded = np.pad(words, (0, missing), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, rows + 2 * beside)[::rows]


def tables(
    block: Ids, first: Ids, second: Ids, heights: Ids, widths: Ids
) -> Iterator[Array]:
    """Count in a table for each block how often two things come together.

    Shapes: block, first, second (pairs,), heights, widths (blocks,) -> (height, width)
    """
    starts = np.concatenate([[0], np.cumsum(heights * widths)])
    cells = starts[block] + first * widths[block] + second
    counts = np.bincount(cells, minlength=starts[-1]).astype(np.float32)
    sizes = zip(starts.tolist(), heights.tolist(), widths.tolist(), strict=False)
    for start, height, width in sizes:
        yield counts[start : start + height * width].reshape(height, width)
