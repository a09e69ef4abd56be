"""The skip-gram model: a word predicts each of the words around it."""

import numpy as np
import numpy.typing as npt

from keraslm.vectors.rows import add_to_rows
from keraslm.vectors.windows import Ids, Windows

Array = npt.NDArray[np.floating]


class SkipGram:
    """Read the centre word, predict the words in its window.

    Math:   h_t = E[x_t];   loss: the sum of - log P(x_{t+j} | x_t) over the window
    Shapes: table (words, width)
    References: Mikolov et al. (2013).
    """

    def __init__(self, table: Array) -> None:
        self.table = table

    def hidden(self, windows: Windows) -> Array:
        """Give h of the centre words.

        Shapes: (blocks, rows, width)
        """
        return self.table[windows.centres]

    def observed(self, windows: Windows) -> tuple[Ids, Array]:
        """Give the targets, and where each was observed.

        Shapes: (blocks, columns), (blocks, rows, columns)
        """
        return windows.around, windows.inside.astype(self.table.dtype)

    def step(self, windows: Windows, gradient: Array, rate: float) -> None:
        """Move the vectors against the gradient of h."""
        add_to_rows(self.table, windows.centres, -rate * gradient)
