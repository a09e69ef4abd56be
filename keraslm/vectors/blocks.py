"""Blocks of centre words, in which like words share a row or a column.

References: Ji et al. (2016), word2vec as products of matrices.
"""

import dataclasses

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Ids = npt.NDArray[np.integer]


@dataclasses.dataclass(frozen=True, slots=True)
class Blocks:
    """What was observed in windows of a text, counted in blocks of the same shape.

    A row is a hidden vector, a column a word to be predicted. `noise` is how often each
    column stands as noise beside one observation. `bags` counts the inputs of CBOW's
    windows; with skip-gram a row is an input, and `bags` is empty. A block with fewer
    different words than another is filled up with the id after the last word's.

    Shapes: inputs (blocks, words), bags (blocks, rows, words),
            targets and noise (blocks, columns), observed (blocks, columns, rows)
    """

    inputs: Ids
    bags: Array
    targets: Ids
    observed: Array
    noise: Array

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, part: slice) -> "Blocks":
        names = [field.name for field in dataclasses.fields(self)]
        return Blocks(*(getattr(self, name)[part] for name in names))


def distinct(words: Ids, vocabulary: int) -> tuple[Ids, Ids]:
    """List the different words of each block, and where in that list each word stands.

    Shapes: words (blocks, given words) -> (blocks, words), (blocks, given words)
    """
    order = words.argsort(axis=1)
    ordered = np.take_along_axis(words, order, axis=1)
    rank = np.zeros_like(order)
    np.cumsum(ordered[:, 1:] != ordered[:, :-1], axis=1, out=rank[:, 1:])
    ids = np.full((len(words), rank.max() + 1), vocabulary)
    np.put_along_axis(ids, rank, ordered, axis=1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, rank, axis=1)
    return ids, place


def in_blocks(words: Ids, rows: int, beside: int = 0) -> Ids:
    """Cut words into blocks of so many, with those that stand beside a block.

    Shapes: (words + 2 beside,) -> (blocks, rows + 2 beside)
    """
    missing = -(len(words) - 2 * beside) % rows
    padded = np.pad(words, (0, missing), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, rows + 2 * beside)[::rows]


def tables(block: Ids, first: Ids, second: Ids, shape: tuple[int, int, int]) -> Array:
    """Count in a table for each block how often two things come together.

    Shapes: block, first, second (pairs,) -> (blocks, first things, second things)
    """
    cells = (block * shape[1] + first) * shape[2] + second
    counts = np.bincount(cells, minlength=shape[0] * shape[1] * shape[2])
    return counts.astype(np.float32).reshape(shape)


def times(tables: Array, amounts: Array) -> Array:
    """Multiply each block's table by its own vector.

    Shapes: (blocks, n, m), (blocks, m) -> (blocks, n)
    """
    return (tables @ amounts[:, :, None])[:, :, 0]


def columns_summed(tables: Array) -> Array:
    """Sum over the columns of each block; a product of matrices is the quickest way.

    Shapes: (blocks, columns, rows) -> (blocks, rows)
    """
    return np.ones(tables.shape[1], tables.dtype) @ tables


def squares(vectors: Array) -> Array:
    """Give the squared length of each vector.

    Shapes: (blocks, n, width) -> (blocks, n)
    """
    return np.einsum("bnw,bnw->bn", vectors, vectors)
