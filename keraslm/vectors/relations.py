"""Pairs of words in one relation, as singular and plural: are their steps parallel?"""

import itertools
from typing import NamedTuple

import numpy as np

from keraslm.vectors.lookup import rows_of
from keraslm.vectors.word_vectors import WordVectors


class Relation(NamedTuple):
    """A relation by its name, and pairs of words that are in it."""

    name: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def words(self) -> list[str]:
        """The words of all pairs, each once."""
        return list(dict.fromkeys(itertools.chain.from_iterable(self.pairs)))


def parallelism(vectors: WordVectors, relation: Relation) -> float | None:
    """Say how parallel the steps from the first words to the second ones are.

    Math:   the mean of cos(d_i, d_j) over pairs i < j,  d_i = v(b_i) - v(a_i),
            v of length 1; 1 of parallel steps, near 0 of steps in any direction
    Returns None for a single pair, and where two words have one vector.
    Raises: UsageError if a word has no vector.
    References: Mikolov, Yih & Zweig (2013), regularities as offsets.
    """
    before, after = (
        vectors.directions[rows_of(vectors, words)]
        for words in zip(*relation.pairs, strict=True)
    )
    steps = np.asarray(after - before, np.float64)
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    if len(steps) < 2 or not lengths.all():
        return None
    cosines = (steps / lengths) @ (steps / lengths).T
    return float(cosines[np.triu_indices(len(steps), 1)].mean())
