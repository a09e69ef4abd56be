"""The embedding matrix is off by one row: each word has the vector of the next one."""

from collections.abc import Mapping

import numpy as np

from keraslm.audit.check import Check
from keraslm.course.exercise import Function
from keraslm.course.zoo.bug import Bug
from keraslm.vectors.neighbours import neighbours
from keraslm.vectors.word_vectors import WordVectors

Vectors = Mapping[str, tuple[float, float]]
VECTORS: Vectors = {
    "cat": (1.0, 0.0),
    "kitten": (0.9, 0.1),
    "paris": (-1.0, 0.1),
    "london": (-0.9, 0.0),
    "runs": (0.0, 1.0),
    "walks": (0.1, 0.9),
}


def mistaken(ids: Mapping[str, int], vectors: Vectors) -> np.ndarray:
    """Give the matrix of an Embedding, of ids from 1 on; 0 is padding."""
    matrix = np.zeros((len(ids) + 1, 2))
    for word, i in ids.items():
        matrix[i - 1] = vectors[word]
    return matrix


def right(ids: Mapping[str, int], vectors: Vectors) -> np.ndarray:
    """Give the matrix: row i is that of id i, and row 0 that of padding."""
    matrix = np.zeros((len(ids) + 1, 2))
    for word, i in ids.items():
        matrix[i] = vectors[word]
    return matrix


def check(program: Function) -> Check:
    """Ask for each word's nearest neighbour, as `keraslm embeddings` does."""
    ids = {word: i for i, word in enumerate(VECTORS, start=1)}
    rows = program(ids, VECTORS)[list(ids.values())]
    found, theirs = (
        [neighbours(WordVectors(list(ids), table), word, 1)[0].word for word in ids]
        for table in (rows, np.array(list(VECTORS.values())))
    )
    wrong = sum(one != other for one, other in zip(found, theirs, strict=True))
    return Check("neighbours", wrong, 0, f"wrong, of {len(ids)} words")


BUG = Bug(
    name="embedding matrix off by one row",
    symptom="pretrained vectors do not help: they are no better than random ones",
    revealed_by="`embeddings neighbours`: those of a word make no sense",
    seen="keras-team/keras#13808",
    mistaken=mistaken,
    right=right,
    check=check,
)
