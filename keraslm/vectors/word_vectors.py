"""Words and their vectors."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError


class WordVectors:
    """A table of vectors, a row a word.

    Shapes: matrix (words, width) float32
    Raises: UsageError if the rows are not as many as the words, or a word comes twice.
    """

    def __init__(self, words: Sequence[str], matrix: npt.NDArray[Any]) -> None:
        if matrix.ndim != 2 or len(matrix) != len(words):
            raise UsageError(
                f"vectors need a row a word; received {len(words)} words and an array "
                f"of shape {matrix.shape}"
            )
        self.words = tuple(words)
        self.matrix = np.asarray(matrix, np.float32)
        self._row_of = {word: row for row, word in enumerate(self.words)}
        if len(self._row_of) < len(self.words):
            raise UsageError("vectors need different words; received one twice")

    @property
    def width(self) -> int:
        """The numbers of a vector."""
        return int(self.matrix.shape[1])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._row_of

    def row(self, word: str) -> int:
        """Give the number of a word's row.

        Raises: UsageError if the word has no vector.
        """
        if word not in self._row_of:
            raise UsageError(f"there is no vector of {word!r} among {len(self)} words")
        return self._row_of[word]

    @functools.cached_property
    def directions(self) -> npt.NDArray[np.float32]:
        """The vectors at length 1, a zero vector as it is: products are cosines.

        Each is divided by its largest entry first, so that no square overflows.

        Math:   v / |v|
        Shapes: (words, width) float32
        """
        largest = np.abs(self.matrix).max(axis=1, keepdims=True, initial=0)
        scaled = self.matrix / np.where(largest > 0, largest, 1)
        lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
        return (scaled / np.where(lengths > 0, lengths, 1)).astype(np.float32)
