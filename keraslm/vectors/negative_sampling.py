"""The output side of word2vec with negative sampling: observed words against noise."""

import numpy as np
import numpy.typing as npt

from keraslm.vectors.rows import add_to_rows

NOISE = 16  # words of noise that the centre words of a block share
POWER = 0.75

Array = npt.NDArray[np.floating]
Ids = npt.NDArray[np.integer]


class NegativeSampling:
    """Tell the words that were observed from words drawn by their frequency.

    o_ij is 1 where target j was observed with the hidden vector h_i; v_j is the output
    vector of target j, u_k that of noise word k. Mikolov et al. draw `negatives` words
    of noise for each observation. Here the hidden vectors of a block share NOISE words,
    each of which weighs so much more; the expected loss is the same.

    Math:   L = - sum_ij o_ij log s(h_i v_j) - sum_ik r_i log s(- h_i u_k)
            r_i = negatives / NOISE x sum_j o_ij,   s(x) = 1 / (1 + exp(-x))
            noise: P(w) = count(w)^0.75 / sum over all words
    Shapes: table (words, width)
    References: Mikolov et al. (2013); Ji et al. (2016), shared noise.
    """

    def __init__(
        self,
        table: Array,
        counts: npt.NDArray[np.int64],
        negatives: int,
        rng: np.random.Generator,
    ) -> None:
        self.table = table
        self.negatives = negatives
        self._rng = rng
        self._below = np.cumsum(counts**POWER)

    def loss(self, hidden: Array, targets: Ids, observed: Array) -> float:
        """Give L for newly drawn noise, in nats.

        Shapes: hidden (blocks, rows, width), targets (blocks, columns),
                observed (blocks, rows, columns)
        """
        columns, share = self.with_noise(targets, observed)
        scores = hidden @ self.table[columns].swapaxes(1, 2)
        known, noise = np.split(scores, [targets.shape[1]], axis=2)
        losses = observed * np.logaddexp(0, -known), share * np.logaddexp(0, noise)
        return float(sum(map(np.sum, losses)))

    def step(self, hidden: Array, targets: Ids, observed: Array, rate: float) -> Array:
        """Move the output vectors against dL, and give the gradient of `hidden`.

        Math:   dL/d(h_i v_j) = o_ij (s(h_i v_j) - 1),   dL/d(h_i u_k) = r_i s(h_i u_k)
        Shapes: as of `loss` -> (blocks, rows, width)
        """
        columns, share = self.with_noise(targets, observed)
        vectors = self.table[columns]  # (blocks, columns + NOISE, width)
        error = sigmoid(hidden @ vectors.swapaxes(1, 2))
        known, noise = np.split(error, [targets.shape[1]], axis=2)
        known -= 1
        known *= observed
        noise *= share
        change = error.swapaxes(1, 2) @ hidden
        change *= -rate
        add_to_rows(self.table, columns, change)
        return error @ vectors

    def with_noise(self, targets: Ids, observed: Array) -> tuple[Ids, Array]:
        """Set words of noise beside the targets; give r, the weight of the noise.

        Shapes: (blocks, columns + NOISE), (blocks, rows, 1)
        """
        noise = self._draw((len(targets), NOISE))
        share = observed.sum(axis=2, keepdims=True) * (self.negatives / NOISE)
        return np.concatenate([targets, noise], axis=1), share

    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
        drawn = self._rng.random(shape) * self._below[-1]
        return np.searchsorted(self._below, drawn, side="right")


def sigmoid(x: Array) -> Array:
    """Squash to (0, 1).

    Math:   1 / (1 + exp(-x))
    """
    with np.errstate(over="ignore"):  # exp(-x) is infinite: the sigmoid is 0
        y = np.exp(-x)
    y += 1
    return np.reciprocal(y, out=y)
