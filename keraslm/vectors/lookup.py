"""The rows of words that a user names."""

import difflib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError
from keraslm.vectors.word_vectors import WordVectors

SEARCHED = 100_000  # words, the first of the table, among which spellings are sought


def rows_of(vectors: WordVectors, words: Sequence[str]) -> npt.NDArray[np.int64]:
    """Give the numbers of the words' rows.

    Shapes: (words,)
    Raises: UsageError for a word without a vector; it names close spellings.
    """
    for word in words:
        if word not in vectors:
            raise UsageError(
                f"there is no vector of {word!r}; {_way_out(vectors, word)}"
            )
    return np.array([vectors.row(word) for word in words], np.int64)


def _way_out(vectors: WordVectors, word: str) -> str:
    near = close_spellings(vectors, word)
    if not near:
        return f"none of the {len(vectors):,} words is spelt like it"
    return f"spelt like it: {', '.join(near)}"


def close_spellings(vectors: WordVectors, word: str, number: int = 3) -> list[str]:
    """Give the words that are spelt most like a word, the closest first."""
    known = vectors.words[:SEARCHED]
    in_another_case = [each for each in known if each.lower() == word.lower()]
    if in_another_case:
        return in_another_case[:number]
    similar = [each for each in known if abs(len(each) - len(word)) <= 2]
    return difflib.get_close_matches(word, similar, number)
