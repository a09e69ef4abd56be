"""The effect of many examples that follow one another, worked out at once.

Plain word2vec goes from example to example. Where it asks the hidden vector h for the
words k, with errors e_k, it changes

    h <- h + r sum_k e_k v_k,   v_k <- v_k + r e_k h

Summed over a block as if nothing moved in between, these changes overshoot where a word
comes often, and the vectors explode. In sequence each example sees what those before it
have done, so that the error shrinks on the way. As r is small, that is the solution of

    dH/dt = X V,   dV/dt = X' H,   X = observed - examples P(H V')

over the time r, but for one thing: no example sees its own change. What the solution
counts too much is r^2/2 e_k^2 h for each; E[e_k^2] = P (1 - P). This term decides how
long h is beside v where a text has few types, for the loss sees only their products.
"""

from typing import Protocol

import numpy as np

from keraslm.vectors.blocks import Array, Blocks, columns_summed, squares, times
from keraslm.vectors.prediction import Prediction

MOST_STEPS = 8  # of a block, for the sake of the curvature
GROWTH = 0.25  # of a vector in a step, at most, as a share of the one it follows
SHORTEST = 1 / 64  # step, also where vectors grow faster


class Inputs(Protocol):
    """The input side: vectors of words, and the hidden vectors made of them."""

    words: Array
    overlap: float  # root of the largest part of a change that comes to a row of h

    def hidden(self) -> Array: ...

    def move(self, change: Array) -> None: ...

    def shared(self, amounts: Array) -> Array: ...


def follow(
    inputs: Inputs, vectors: Array, blocks: Blocks, prediction: Prediction, rate: float
) -> None:
    """Move input and output vectors as the examples of each block would in sequence.

    The way is gone in steps of such a length that z, the share of a row's error that
    its own movement takes away, is at most 1. Where that would be more than MOST_STEPS
    steps, a row moves by (1 - exp(-z)) / z of its sum, as far as a sequence brings it.
    An input vector's own change fades where a single example moves it all the way.

    Math:   z_i = r sum_j Q_ij |v_j|^2,   z_j = r sum_i Q_ij |h_i|^2
            Q = examples P (1 - P)
    Shapes: vectors (blocks, columns, width); tables (blocks, columns, rows)
    References: Mikolov et al. (2013).
    """
    asked = columns_summed(blocks.observed)
    examples = prediction.examples(blocks, asked)
    left = 1.0
    while left > 0:
        hidden = inputs.hidden()
        expected = examples * (chance := prediction.probabilities(vectors, hidden))
        error = blocks.observed - expected
        curvature = expected - np.multiply(chance, expected, out=chance)
        bend = rate * times(curvature.swapaxes(1, 2), squares(vectors))
        of_rows = inputs.shared(bend)
        of_columns = rate * times(curvature, squares(hidden))
        steepest = max(float(of_rows.max()), float(of_columns.max()))
        step = _length(steepest, _growth(error) * rate * inputs.overlap, left)
        left -= step
        own = columns_summed(curvature) * np.maximum(1 - bend / np.maximum(asked, 1), 0)
        own *= step * rate * rate / 2
        error *= np.float32(step * rate / 2)
        half = error @ hidden
        if step * steepest > 1.5:
            half *= _reached(step * of_columns)
        vectors += half  # so that h follows the mean of v over the step
        change = error.swapaxes(1, 2) @ vectors
        change *= 2.0 if step * steepest <= 1.5 else 2 * _reached(step * of_rows)
        vectors += half
        change += hidden * np.expm1(-own)[:, :, None]
        inputs.move(change)


def _growth(error: Array) -> float:
    """Give the length of the longest row of errors."""
    return float(squares(error).max()) ** 0.5


def _length(steepest: float, growth: float, left: float) -> float:
    """Give the share of the blocks to go at once."""
    step = max(1 / max(steepest, 1), 1 / MOST_STEPS)
    step = max(min(step, GROWTH / max(growth, GROWTH)), SHORTEST)
    return left if left < 1.3 * step else step


def _reached(z: Array) -> Array:
    """Give (1 - exp(-z)) / z, once for each vector."""
    z = np.maximum(z, 1e-3)
    return (-np.expm1(-z) / z)[:, :, None]
