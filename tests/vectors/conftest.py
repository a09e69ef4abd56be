"""Vectors small enough to reckon with by hand."""

import importlib.util

import numpy as np
import pytest

from keraslm.vectors import word2vec
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


@pytest.fixture(params=["NumPy", "compiled"])
def way(request, monkeypatch):
    """Train word2vec in either way, however short the text is."""
    if request.param == "compiled" and importlib.util.find_spec("numba") is None:
        pytest.skip("needs the extra 'fast'")
    long = 0 if request.param == "compiled" else 1 << 60
    monkeypatch.setattr(word2vec, "LONG", long)
    return request.param
