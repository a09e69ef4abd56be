"""The output side of word2vec with a softmax over the whole vocabulary."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]
Ids = npt.NDArray[np.integer]


class FullSoftmax:
    """Predict the observed words among all words; exact, and slow where these are many.

    o_iw counts how often word w was observed with the hidden vector h_i; v_w is its
    output vector.

    Math:   L = - sum_iw o_iw log P(w | h_i)
            P(w | h) = exp(h v_w) / sum_w' exp(h v_w')
    Shapes: table (words, width)
    References: Mikolov et al. (2013).
    """

    def __init__(self, table: Array) -> None:
        self.table = table

    def loss(self, hidden: Array, targets: Ids, observed: Array) -> float:
        """Give L, in nats.

        Shapes: hidden (blocks, rows, width), targets (blocks, columns),
                observed (blocks, rows, columns)
        """
        counts = self._counts(targets, observed)
        logs = np.log(softmax(hidden @ self.table.T))
        return -float(np.sum(counts * logs))

    def step(self, hidden: Array, targets: Ids, observed: Array, rate: float) -> Array:
        """Move the output vectors against dL, and give the gradient of `hidden`.

        Math:   dL/d(h_i v_w) = P(w | h_i) sum_w' o_iw' - o_iw
        Shapes: as of `loss` -> (blocks, rows, width)
        """
        error = softmax(hidden @ self.table.T)  # (blocks, rows, words)
        error *= observed.sum(axis=2, keepdims=True)
        error -= self._counts(targets, observed)
        gradient = error @ self.table
        change = np.tensordot(error, hidden, ((0, 1), (0, 1)))
        self.table -= rate * change
        return gradient

    def _counts(self, targets: Ids, observed: Array) -> Array:
        """Count by words what was observed by columns.

        Shapes: (blocks, rows, words)
        """
        blocks, rows = observed.shape[:2]
        counts = np.zeros((blocks, rows, len(self.table)), self.table.dtype)
        block, row, column = np.nonzero(observed)
        place = block, row, targets[block, column]
        np.add.at(counts, place, observed[block, row, column])
        return counts


def softmax(scores: Array) -> Array:
    """Give probabilities over the last axis.

    Math:   exp(s_w) / sum_w' exp(s_w')
    """
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers
