"""Where weights start: vectors of words."""

from keraslm.initializers.word_vectors import WordVectors

__all__ = ["WordVectors"]
