"""Blocks of centre words, in which like words share a row or a column.

References: Ji et al. (2016), word2vec as products of matrices.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Ids = npt.NDArray[np.integer]


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """What was observed in some windows of a text, counted.

    Row i is a hidden vector, column j a word to be predicted. `noise` is how often
    each column stands as noise beside one observation. With skip-gram the hidden
    vectors are the vectors of `inputs`; with CBOW, `bags` counts the words of windows.

    Shapes: inputs (words,), bags (rows, words), targets (columns,),
            observed (rows, columns), noise (columns,)
    """

    inputs: Ids
    bags: Array | None
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

    def of_blocks(self, values: npt.NDArray[np.generic]) -> Iterator[npt.NDArray]:
        """Share out values of all words to the blocks."""
        starts = self.starts.tolist()
        for start, end in zip(starts, starts[1:], strict=False):
            yield values[start:end]


def distinct(words: Ids, vocabulary: int) -> Places:
    """List the different words of each block.

    Shapes: words (blocks, given words)
    """
    first = np.arange(len(words) + 1) * vocabulary
    keys, place = np.unique(words + first[:-1, None], return_inverse=True)
    starts = np.searchsorted(keys, first)
    return Places(keys % vocabulary, starts, place.reshape(words.shape) - starts[:-1, None])


def in_blocks(words: Ids, rows: int, beside: int = 0) -> Ids:
    """Cut words into blocks of so many, with those that stand beside a block.

    Shapes: (words + 2 beside,) -> (blocks, rows + 2 beside)
    """
    missing = -(len(words) - 2 * beside) % rows
    padded = np.pad(words, (0, missing), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, rows + 2 * beside)[::rows]


def tables(
    block: Ids, row: Ids, column: Ids, heights: Ids, widths: Ids
) -> Iterator[Array]:
    """Count in a table for each block how often a row and a column come together.

    Shapes: block, row, column (pairs,), heights, widths (blocks,) -> (height, width)
    """
    starts = np.concatenate([[0], np.cumsum(heights * widths)])
    cells = starts[block] + row * widths[block] + column
    counts = np.bincount(cells, minlength=starts[-1]).astype(np.float32)
    sizes = zip(starts.tolist(), heights.tolist(), widths.tolist(), strict=False)
    for start, height, width in sizes:
        yield counts[start : start + height * width].reshape(height, width)
