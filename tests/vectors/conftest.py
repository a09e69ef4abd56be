"""Vectors small enough to reckon with by hand."""

import numpy as np
import pytest

from keraslm.vectors.word_vectors import WordVectors

ROWS = {
    "man": (3, 0, 4),
    "woman": (0, 3, 4),
    "king": (3, 0, -4),
    "queen": (0, 3, -4),
    "nothing": (0, 0, 0),
}


@pytest.fixture
def vectors():
    """Man and woman, king and queen, all but one of length 5."""
    return WordVectors(list(ROWS), np.array(list(ROWS.values()), np.float32))
