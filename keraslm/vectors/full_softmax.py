"""The output side of word2vec with a softmax over the whole vocabulary."""

import numpy as np

from keraslm.vectors.blocks import Array, Blocks, Ids


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

    def columns(self, words: Ids) -> tuple[Ids, Ids, Array]:
        """Give every word as a column of every block; there is no noise.

        Shapes: (blocks, words) -> (blocks, columns), (blocks, words), (blocks, columns)
        """
        ids = np.tile(np.arange(self.vocabulary), (len(words), 1))
        return ids, words, np.zeros(ids.shape, np.float32)

    def examples(self, blocks: Blocks, asked: Array) -> Array:
        """Give the observations of each row: each asks for all words.

        Shapes: (blocks, 1, rows)
        """
        return asked[:, None]

    def probabilities(self, vectors: Array, hidden: Array) -> Array:
        """Give the softmax of each row's scores.

        Shapes: (blocks, columns, width), (blocks, rows, width)
                -> (blocks, columns, rows)
        """
        scores = vectors @ hidden.swapaxes(1, 2)
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return scores

    def loss(self, blocks: Blocks, vectors: Array, hidden: Array) -> float:
        """Give L, in nats."""
        logs = np.log(self.probabilities(vectors, hidden))
        return -float(np.sum(blocks.observed * logs))
