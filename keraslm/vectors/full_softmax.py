"""The output side of word2vec with a softmax over the whole vocabulary."""

import numpy as np

from keraslm.vectors.blocks import Array, Block, Ids, Places


class FullSoftmax:
    """Predict the observed words among all words; exact, and slow where these are many.

    o_iw counts how often word w was observed with the hidden vector h_i; v_w is its
    output vector.

    Math:   L = - sum_iw o_iw log P(w | h_i)
            P(w | h) = exp(h v_w) / sum_w' exp(h v_w')
    References: Mikolov et al. (2013).
    """

    def __init__(self, vocabulary: int) -> None:
        self.vocabulary = vocabulary

    def columns(self, words: Ids) -> tuple[Places, Array]:
        """Give every word as a column of every block; there is no noise."""
        starts = np.arange(len(words) + 1) * self.vocabulary
        ids = np.tile(np.arange(self.vocabulary), len(words))
        return Places(ids, starts, words), np.zeros(len(ids), np.float32)

    def examples(self, block: Block, asked: Array) -> Array:
        """Give the observations of each row: each asks for all words.

        Shapes: (rows, 1)
        """
        return asked

    def probabilities(self, vectors: Array, hidden: Array) -> Array:
        """Give the softmax of each row's scores.

        Shapes: (columns, width), (rows, width) -> (columns, rows)
        """
        scores = vectors @ hidden.T
        scores -= scores.max(axis=0)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=0)
        return scores

    def loss(self, block: Block, vectors: Array, hidden: Array) -> float:
        """Give L, in nats."""
        logs = np.log(self.probabilities(vectors, hidden))
        return -float(np.sum(block.observed * logs))
