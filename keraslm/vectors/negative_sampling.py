"""The output side of word2vec with negative sampling: observed words against noise."""

import numpy as np
import numpy.typing as npt

from keraslm.vectors.blocks import Array, Blocks, Ids, distinct

DRAWN = 20
POWER = 0.75


class NegativeSampling:
    """Tell the words that were observed from words drawn by their frequency.

    o_ij is how often word j was observed with the hidden vector h_i. Mikolov et al.
    draw `negatives` words of noise for each observation, and drop a word that is itself
    the observed one. Here the hidden vectors of a block share DRAWN words, each of
    which weighs so much more; the expected loss is the same. They are drawn at even
    steps of the cumulated distribution from one random start, so that a frequent word
    comes as often as it should.

    Math:   L = - sum_ij o_ij log s(h_i v_j) - sum_ij n_ij log s(- h_i v_j)
            n_ij = m_j sum_j' != j o_ij',   s(x) = 1 / (1 + exp(-x))
            m_j: negatives x the share of word j in what was drawn
            noise: P(w) = count(w)^0.75 / sum over all words
    References: Mikolov et al. (2013); Ji et al. (2016), shared noise.
    """

    def __init__(
        self,
        counts: npt.NDArray[np.int64],
        negatives: int,
        rng: np.random.Generator,
        drawn: int = DRAWN,
    ) -> None:
        self.vocabulary = len(counts)
        self.negatives = negatives
        self.drawn = drawn
        self._rng = rng
        self._below = cumulated(counts)

    def columns(self, words: Ids) -> tuple[Ids, Ids, Array]:
        """Give the words and newly drawn noise as columns, the words' places, and m.

        Shapes: (blocks, words) -> (blocks, columns), (blocks, words), (blocks, columns)
        """
        both = np.concatenate([words, self._draw(len(words))], axis=1)
        ids, place = distinct(both, self.vocabulary)
        place, drawn = np.split(place, [words.shape[1]], axis=1)
        cells = drawn + ids.shape[1] * np.arange(len(ids))[:, None]
        times = np.bincount(cells.reshape(-1), minlength=ids.size).reshape(ids.shape)
        return ids, place, (times * (self.negatives / self.drawn)).astype(np.float32)

    def examples(self, blocks: Blocks, asked: Array) -> Array:
        """Give o + n.

        Shapes: (blocks, columns, rows)
        """
        examples = asked[:, None] - blocks.observed
        examples *= blocks.noise[:, :, None]
        examples += blocks.observed
        return examples

    def probabilities(self, vectors: Array, hidden: Array) -> Array:
        """Give s(v_j h_i), for s(x) = (1 + tanh(x / 2)) / 2.

        Shapes: (blocks, columns, width), (blocks, rows, width)
                -> (blocks, columns, rows)
        """
        halves = np.multiply(hidden.swapaxes(1, 2), np.float32(0.5), order="C")
        chance = vectors @ halves
        np.tanh(chance, out=chance)
        chance += 1
        chance *= 0.5
        return chance

    def loss(self, blocks: Blocks, vectors: Array, hidden: Array) -> float:
        """Give L, in nats."""
        scores = vectors @ hidden.swapaxes(1, 2)
        noise = self.examples(blocks, blocks.observed.sum(axis=1)) - blocks.observed
        losses = blocks.observed * np.logaddexp(0, -scores)
        return float(np.sum(losses + noise * np.logaddexp(0, scores)))

    def _draw(self, blocks: int) -> Ids:
        places = (np.arange(self.drawn) + self._rng.random((blocks, 1))) / self.drawn
        found = np.searchsorted(self._below, places * self._below[-1], side="right")
        return np.minimum(found, self.vocabulary - 1)


def cumulated(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Give the weight, as noise, of each word and those before it.

    Shapes: (words,)
    """
    return np.cumsum(counts**POWER)
