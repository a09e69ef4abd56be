"""Pairs of words in one relation."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.vectors.relations import Relation, parallelism
from keraslm.vectors.word_vectors import WordVectors


def test_how_parallel_steps_are_by_hand():
    # all of length 1: from (1, 0) to (0, 1) the step is (-1, 1), from (0, 1) to (-1, 0)
    # (-1, -1), which is at a right angle, and from (0, -1) to (-1, 0) it is (-1, 1)
    places = {"a": (1, 0), "b": (0, 1), "c": (-1, 0), "d": (0, -1), "double": (0, 3)}
    vectors = WordVectors(list(places), np.array(list(places.values()), np.float32))

    def found(*pairs):
        return parallelism(vectors, Relation("r", pairs))

    assert found(("a", "b"), ("b", "c")) == pytest.approx(0, abs=1e-6)
    assert found(("a", "b"), ("d", "c")) == pytest.approx(1)
    assert found(("a", "b"), ("c", "d")) == pytest.approx(-1)
    # pairs 1, 2: 0; 1, 3: 1; 2, 3: 0
    assert found(("a", "b"), ("b", "c"), ("d", "c")) == pytest.approx(1 / 3)
    assert found(("a", "b")) is None  # nothing to be parallel to
    assert found(("a", "b"), ("b", "double")) is None  # one direction, no step
    with pytest.raises(UsageError, match="no vector of 'e'"):
        found(("a", "e"), ("a", "b"))


def test_the_words_of_a_relation_once_each():
    relation = Relation("r", (("a", "b"), ("a", "c")))
    assert relation.words == ["a", "b", "c"]
