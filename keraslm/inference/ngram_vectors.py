"""The vectors of the n-grams that end with a token, on NumPy."""

from keraslm.inference.network import Array
from keraslm.outputs.ngram_rows import NgramRows


class NgramVectors:
    """Hashed n-grams and the table T; see `keraslm.layers.NgramEmbedding`."""

    def __init__(self, ngrams: NgramRows, table: Array) -> None:
        self.ngrams, self.table = ngrams, table
        self.reach = ngrams.reach

    def of(self, seen: Array) -> Array:
        """Give the sum of the vectors at every id but the first `reach`.

        Shapes: (.., reach + time) -> (.., time, width)
        """
        found: Array = sum(self.table[rows] for rows in self.ngrams.rows(seen))
        return found
