"""The continuous bag of words: the words around a place predict the word there."""

import numpy as np
import numpy.typing as npt

from keraslm.vectors.rows import add_to_rows
from keraslm.vectors.windows import Ids, Windows

Array = npt.NDArray[np.floating]


class ContinuousBagOfWords:
    """Read the mean of the vectors in a window, predict its centre word.

    Math:   h_t = mean of E[x_{t+j}] over the window;   loss: - log P(x_t | h_t)
    Shapes: table (words, width)
    References: Mikolov et al. (2013).
    """

    def __init__(self, table: Array) -> None:
        self.table = table

    def hidden(self, windows: Windows) -> Array:
        """Give h of the windows.

        Shapes: (blocks, rows, width)
        """
        return self._shares(windows) @ self.table[windows.around]

    def observed(self, windows: Windows) -> tuple[Ids, Array]:
        """Give the targets, and where each was observed: each row has its own.

        Shapes: (blocks, columns), (blocks, rows, columns)
        """
        some = windows.inside.any(axis=2, keepdims=True)
        own = np.eye(windows.centres.shape[1], dtype=self.table.dtype)
        return windows.centres, own * some

    def step(self, windows: Windows, gradient: Array, rate: float) -> None:
        """Move the vectors against the gradient of h."""
        change = self._shares(windows).swapaxes(1, 2) @ gradient
        add_to_rows(self.table, windows.around, -rate * change)

    def _shares(self, windows: Windows) -> Array:
        """Give the share of each word around a block in each window's mean."""
        inside = windows.inside.astype(self.table.dtype)
        return inside / np.maximum(inside.sum(axis=2, keepdims=True), 1)
