"""The continuous bag of words: the words around a place predict the word there."""

import numpy as np

from keraslm.vectors.blocks import (
    Array,
    Blocks,
    columns_summed,
    distinct,
    in_blocks,
    tables,
    times,
)
from keraslm.vectors.prediction import Prediction
from keraslm.vectors.windows import Windows


class ContinuousBagOfWords:
    """Read the mean of the vectors in a window, predict its centre word.

    As in the programs of Mikolov et al. and gensim, each of the n words in a window
    moves as h shall move, by n times its share of the gradient.

    Math:   h_t = mean of E[x_{t+j}] over the window;   loss: - log P(x_t | h_t)
    Shapes: bags (blocks, rows, words), words (blocks, words, width)
    References: Mikolov et al. (2013).
    """

    def __init__(self, blocks: Blocks, words: Array) -> None:
        self.bags = blocks.bags
        sizes = columns_summed(self.bags.swapaxes(1, 2))
        self.means = self.bags / np.maximum(sizes, 1)[:, :, None]
        self.words = words
        whole = self.shared(np.ones_like(sizes))
        self.overlap = float(whole.max()) ** 0.5

    def hidden(self) -> Array:
        """Give h.

        Shapes: (blocks, rows, width)
        """
        return self.means @ self.words

    def move(self, change: Array) -> None:
        """Move the vectors of the words in each window as its h shall move."""
        self.words += self.bags.swapaxes(1, 2) @ change

    def shared(self, amounts: Array) -> Array:
        """Give what comes to h when each row is changed: windows share words."""
        return times(self.means, times(self.bags.swapaxes(1, 2), amounts))

    @staticmethod
    def blocks(windows: Windows, rows: int, prediction: Prediction) -> Blocks:
        """Lay out windows: a row for each window, a column for each centre word."""
        window = windows.window
        around = in_blocks(windows.around, rows, window)
        inputs, of_around = distinct(around, prediction.vocabulary)
        centres = in_blocks(windows.centres, rows)
        targets, of_centre, noise = prediction.columns(centres)
        block, row = np.divmod(windows.centre, rows)
        place = of_around[block, windows.context - block * rows + window]
        bags = tables(block, row, place, (len(centres), rows, inputs.shape[1]))
        whole = np.flatnonzero(np.bincount(windows.centre))  # windows with a word
        block, row = np.divmod(whole, rows)
        shape = (len(centres), targets.shape[1], rows)
        observed = tables(block, of_centre[block, row], row, shape)
        return Blocks(inputs, bags, targets, observed, noise)
