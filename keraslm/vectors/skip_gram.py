"""The skip-gram model: a word predicts each of the words around it."""

import itertools
from collections.abc import Iterator

import numpy as np

from keraslm.vectors.blocks import Array, Block, distinct, in_blocks, tables
from keraslm.vectors.prediction import Prediction
from keraslm.vectors.windows import Windows

NO_BAGS = np.zeros((0, 0), np.float32)


class SkipGram:
    """Read the centre word, predict the words in its window.

    Math:   h_t = E[x_t];   loss: the sum of - log P(x_{t+j} | x_t) over the window
    Shapes: words (rows, width)
    References: Mikolov et al. (2013).
    """

    overlap = 1.0

    def __init__(self, block: Block, words: Array) -> None:
        self.words = words

    def hidden(self) -> Array:
        """Give h.

        Shapes: (rows, width)
        """
        return self.words

    def move(self, change: Array) -> None:
        """Move the vectors as h shall move."""
        self.words += change

    def shared(self, amounts: Array) -> Array:
        """Give what comes to h when each row is changed: its own amount."""
        return amounts

    @staticmethod
    def blocks(windows: Windows, rows: int, prediction: Prediction) -> Iterator[Block]:
        """Lay out windows: a row for each word, a column for each word around."""
        window = windows.window
        centres = in_blocks(windows.centres, rows)
        around = in_blocks(windows.around, rows, window)
        inputs = distinct(centres, prediction.vocabulary)
        targets, noise = prediction.columns(around)
        block, row = np.divmod(windows.centre, rows)
        observed = tables(
            block,
            targets.place[block, windows.context - block * rows + window],
            inputs.place[block, row],
            np.diff(targets.starts),
            np.diff(inputs.starts),
        )
        yield from map(
            Block,
            inputs.of_blocks(inputs.ids),
            itertools.repeat(NO_BAGS),
            targets.of_blocks(targets.ids),
            observed,
            targets.of_blocks(noise),
            windows.read[::rows].tolist(),
        )
