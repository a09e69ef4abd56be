"""The words whose vectors point in nearly the same direction."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError
from keraslm.vectors.lookup import rows_of
from keraslm.vectors.word_vectors import WordVectors


class Neighbour(NamedTuple):
    """A word and the cosine of its vector with what was asked for."""

    word: str
    cosine: float


def neighbours(vectors: WordVectors, word: str, number: int = 10) -> list[Neighbour]:
    """Give the words nearest to a word, the nearest first.

    Math:   cos(u, v) = u v / (|u| |v|)
    Raises: UsageError if the word has no vector or `number` < 1.
    """
    (row,) = rows_of(vectors, [word])
    return nearest(vectors, vectors.directions[row], number, [row])


def nearest(
    vectors: WordVectors,
    direction: npt.NDArray[np.float32],
    number: int,
    without: Sequence[int],
) -> list[Neighbour]:
    """Give the words nearest to a direction, some rows left out.

    Shapes: direction (width,)
    Raises: UsageError if `number` < 1.
    """
    if number < 1:
        raise UsageError(f"the number of words must be 1 or more; received {number}")
    length = float(np.linalg.norm(direction)) or 1.0
    cosines = vectors.directions @ direction / length  # (words,)
    cosines[without] = -np.inf
    number = min(number, len(vectors) - len(set(without)))
    order = np.argsort(-cosines, kind="stable")[:number].tolist()
    return [Neighbour(vectors.words[row], float(cosines[row])) for row in order]
