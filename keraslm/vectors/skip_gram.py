"""The skip-gram model: a word predicts each of the words around it."""

import numpy as np

from keraslm.vectors.blocks import Array, Blocks, distinct, in_blocks, tables
from keraslm.vectors.prediction import Prediction
from keraslm.vectors.windows import Windows


class SkipGram:
    """Read the centre word, predict the words in its window.

    Math:   h_t = E[x_t];   loss: the sum of - log P(x_{t+j} | x_t) over the window
    Shapes: words (blocks, rows, width)
    References: Mikolov et al. (2013).
    """

    overlap = 1.0

    def __init__(self, blocks: Blocks, words: Array) -> None:
        self.words = words

    def hidden(self) -> Array:
        """Give h.

        Shapes: (blocks, rows, width)
        """
        return self.words

    def move(self, change: Array) -> None:
        """Move the vectors as h shall move."""
        self.words += change

    def shared(self, amounts: Array) -> Array:
        """Give what comes to h when each row is changed: its own amount."""
        return amounts

    @staticmethod
    def blocks(windows: Windows, rows: int, prediction: Prediction) -> Blocks:
        """Lay out windows: a row for each word, a column for each word around."""
        window = windows.window
        centres = in_blocks(windows.centres, rows)
        around = in_blocks(windows.around, rows, window)
        inputs, of_centre = distinct(centres, prediction.vocabulary)
        targets, of_around, noise = prediction.columns(around)
        block, row = np.divmod(windows.centre, rows)
        observed = tables(
            block,
            of_around[block, windows.context - block * rows + window],
            of_centre[block, row],
            (len(centres), targets.shape[1], inputs.shape[1]),
        )
        bags = np.zeros((len(centres), 0, 0), np.float32)
        return Blocks(inputs, bags, targets, observed, noise)
