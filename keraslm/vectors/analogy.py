"""What is to one word as another is to a third?"""

from keraslm.vectors.lookup import rows_of
from keraslm.vectors.neighbours import Neighbour, nearest
from keraslm.vectors.word_vectors import WordVectors


def analogy(
    vectors: WordVectors, a: str, b: str, c: str, number: int = 10
) -> list[Neighbour]:
    """Give the words d for which "a is to b as c is to d", the best first.

    3CosAdd; a, b and c themselves are left out.

    Math:   argmax_d cos(d, b - a + c), the vectors at length 1
    Raises: UsageError if a word has no vector or `number` < 1.
    References: Mikolov, Yih & Zweig (2013); Levy & Goldberg (2014).
    """
    rows = rows_of(vectors, [a, b, c])
    of_a, of_b, of_c = vectors.directions[rows]
    return nearest(vectors, of_b - of_a + of_c, number, rows.tolist())
