"""The effect of many examples that follow one another, worked out at once.

Plain word2vec goes from example to example. Where it asks the hidden vector h for the
words k, with errors e_k, it changes

    h <- h + r sum_k e_k v_k,   v_k <- v_k + r e_k h

Summed over a block as if nothing moved in between, these changes overshoot where a word
comes often, and the vectors explode. In sequence each example sees what those before it
have done, so that the error shrinks on the way. As r is small, that is the solution of

    dH/dt = X V,   dV/dt = X' H,   X = observed - examples P(H V')

over the time r, less what this counts too much: no example sees its own change. That
part is r^2/2 e_k^2 h for each; its expectation is P (1 - P). It is what keeps vectors of
a text of few types short, since the loss itself says nothing of how long h is beside v.
"""

from typing import Protocol

import numpy as np

from keraslm.vectors.blocks import Array, Block
from keraslm.vectors.prediction import Prediction

MOST_STEPS = 8


class Inputs(Protocol):
    """The input side: vectors of words, and the hidden vectors made of them."""

    words: Array

    def hidden(self) -> Array: ...

    def move(self, change: Array) -> None: ...

    def shared(self, amounts: Array) -> Array: ...


def follow(
    inputs: Inputs, vectors: Array, block: Block, prediction: Prediction, rate: float
) -> None:
    """Move input and output vectors as the examples of a block would in sequence.

    The way is gone in steps, so short that no row's error would change its sign: z, the
    share of the error that a row's own movement takes away, is at most 1, and no score
    grows faster than a quarter of that. Rows that would need more than MOST_STEPS steps
    move by (1 - exp(-z)) / z of the sum, as far as a sequence would bring them.

    Math:   z_i = r sum_j Q_ij |v_j|^2,   z_j = r sum_i Q_ij |h_i|^2
            Q = examples P (1 - P)
    Shapes: vectors (columns, width)
    References: Mikolov et al. (2013); Hairer et al. (1993), the midpoint rule.
    """
    asked = block.observed.sum(axis=0)
    examples = prediction.examples(block, asked)
    np.maximum(asked, 1, out=asked)
    left = 1.0
    while left > 0:
        hidden = inputs.hidden()
        chance = prediction.probabilities(vectors, hidden)
        expected = examples * chance
        error = block.observed - expected
        chance *= expected
        curvature = np.subtract(expected, chance, out=chance)
        bend = rate * (np.vecdot(vectors, vectors) @ curvature)
        of_rows = inputs.shared(bend)
        of_columns = rate * (curvature @ np.vecdot(hidden, hidden))
        steepest = max(float(of_rows.max()), float(of_columns.max()))
        growth = rate * float(np.vecdot(error, error).max()) ** 0.5
        step = min(1 / max(steepest, 4 * growth, 1e-30), left)
        step = max(step, 1 / MOST_STEPS)
        step = left if left < 1.3 * step else step
        left -= step
        own = np.maximum(1 - bend / asked, 0)
        own *= curvature.sum(axis=0)
        own *= step * rate * rate / 2
        error *= np.float32(step * rate / 2)
        half = error @ hidden
        if step * steepest > 1.5:
            half *= _reached(step * of_columns)
        vectors += half
        change = error.T @ vectors
        change *= 2
        if step * steepest > 1.5:
            change *= _reached(step * of_rows)
        vectors += half
        change += hidden * np.expm1(-own)[:, None]
        inputs.move(change)


def _reached(z: Array) -> Array:
    """Give (1 - exp(-z)) / z as a column."""
    z = np.maximum(z, 1e-3)
    return (-np.expm1(-z) / z)[:, None]
