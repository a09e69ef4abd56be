"""The continuous bag of words: the words around a place predict the word there."""

from collections.abc import Iterator

import numpy as np

from keraslm.vectors.blocks import Array, Block, distinct, in_blocks, tables
from keraslm.vectors.prediction import Prediction
from keraslm.vectors.windows import Windows


class ContinuousBagOfWords:
    """Read the mean of the vectors in a window, predict its centre word.

    As in the programs of Mikolov et al. and gensim, each of the n words in a window
    moves as h shall move, by n times its share of the gradient.

    Math:   h_t = mean of E[x_{t+j}] over the window;   loss: - log P(x_t | h_t)
    Shapes: bags (rows, words), words (words, width)
    References: Mikolov et al. (2013).
    """

    def __init__(self, block: Block, words: Array) -> None:
        self.bags = block.bags
        sizes = self.bags.sum(axis=1, keepdims=True)
        self.means = self.bags / np.maximum(sizes, 1)
        self.words = words
        whole = self.shared(np.ones(len(sizes), np.float32))
        self.overlap = float(whole.max()) ** 0.5

    def hidden(self) -> Array:
        """Give h.

        Shapes: (rows, width)
        """
        return self.means @ self.words

    def move(self, change: Array) -> None:
        """Move the vectors of the words in each window as its h shall move."""
        self.words += self.bags.T @ change

    def shared(self, amounts: Array) -> Array:
        """Give what comes to h when each row is changed: windows share words."""
        return self.means @ (self.bags.T @ amounts)

    @staticmethod
    def blocks(windows: Windows, rows: int, prediction: Prediction) -> Iterator[Block]:
        """Lay out windows: a row for each window, a column for each centre word."""
        window = windows.window
        around = in_blocks(windows.around, rows, window)
        inputs = distinct(around, prediction.vocabulary)
        targets, noise = prediction.columns(in_blocks(windows.centres, rows))
        block, row = np.divmod(windows.centre, rows)
        heights = np.diff([*range(0, len(windows.read), rows), len(windows.read)])
        place = inputs.place[block, windows.context - block * rows + window]
        bags = tables(block, row, place, heights, np.diff(inputs.starts))
        block, row = np.divmod(np.unique(windows.centre), rows)
        place = targets.place[block, row]
        observed = tables(block, place, row, np.diff(targets.starts), heights)
        yield from map(
            Block,
            inputs.of_blocks(inputs.ids),
            bags,
            targets.of_blocks(targets.ids),
            observed,
            targets.of_blocks(noise),
            windows.read[::rows].tolist(),
        )
