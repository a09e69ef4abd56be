"""Which word does not belong with the others?"""

from collections.abc import Sequence

import numpy as np

from keraslm.errors import UsageError
from keraslm.vectors.lookup import rows_of
from keraslm.vectors.neighbours import Neighbour
from keraslm.vectors.word_vectors import WordVectors


def by_fit(vectors: WordVectors, words: Sequence[str]) -> list[Neighbour]:
    """Give each word's cosine with the mean of the others; the odd one is first.

    Math:   cos(v_i, mean of v_j over j != i), the vectors at length 1
    Raises: UsageError for fewer than three different words, or one without a vector.
    """
    words = tuple(dict.fromkeys(words))
    if len(words) < 3:
        raise UsageError(
            f"an odd one out needs three different words or more; received {len(words)}"
        )
    directions = vectors.directions[rows_of(vectors, words)]
    others = directions.sum(axis=0) - directions  # a sum points where its mean does
    lengths = np.linalg.norm(others, axis=1)
    cosines = (directions * others).sum(axis=1) / np.where(lengths > 0, lengths, 1)
    fits = map(Neighbour, words, cosines.tolist())
    return sorted(fits, key=lambda fit: fit.cosine)
