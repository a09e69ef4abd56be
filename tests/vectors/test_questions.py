"""Neighbours, analogies and odd ones out, reckoned by hand."""

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.vectors.analogy import analogy
from keraslm.vectors.lookup import close_spellings
from keraslm.vectors.neighbours import neighbours
from keraslm.vectors.odd_one_out import by_fit
from keraslm.vectors.word_vectors import WordVectors


def test_neighbours_come_by_their_cosines(vectors):
    # man . woman = 16, man . king = 9 - 16 = -7, man . queen = -16; lengths 5 x 5
    found = neighbours(vectors, "man", 4)
    assert [each.word for each in found] == ["woman", "nothing", "king", "queen"]
    cosines = [each.cosine for each in found]
    assert cosines == pytest.approx([16 / 25, 0, -7 / 25, -16 / 25])


def test_length_does_not_count():
    for long in (100, 1e30, 1e-30):  # the squares of the last two are no float32
        matrix = np.array([[1, 0], [1, 1], [long, 0]], np.float32)
        (nearest,) = neighbours(WordVectors(["a", "b", "c"], matrix), "a", 1)
        assert nearest == ("c", pytest.approx(1))


def test_there_are_no_more_neighbours_than_other_words(vectors):
    assert len(neighbours(vectors, "man", 100)) == 4


def test_an_analogy_leaves_its_own_words_out(vectors):
    # woman - man + king = (0, 3, -4): queen itself
    found = analogy(vectors, "man", "woman", "king")
    assert found[0] == ("queen", pytest.approx(1))
    assert {each.word for each in found} == {"queen", "nothing"}


def test_the_odd_one_out_fits_least(vectors):
    found = by_fit(vectors, ["man", "woman", "queen"])
    # queen against (man + woman) / 5 = (3, 3, 8) / 5: (9 - 32) / (5 sqrt(82))
    assert found[0] == ("queen", pytest.approx(-23 / (5 * 82**0.5)))
    # man against woman + queen = (0, 6, 0): 0
    assert found[1] == ("man", pytest.approx(0, abs=1e-7))


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda v: neighbours(v, "womn"), "no vector of 'womn'; spelt like it: woman"),
        (lambda v: neighbours(v, "King"), "spelt like it: king"),
        (lambda v: neighbours(v, "xyz"), "none of the 5 words is spelt like it"),
        (lambda v: neighbours(v, "man", 0), "must be 1 or more; received 0"),
        (lambda v: analogy(v, "man", "quen", "king"), "spelt like it: queen"),
        (lambda v: by_fit(v, ["man", "king", "man"]), "three different words"),
    ],
)
def test_a_question_without_an_answer_is_refused(vectors, ask, reason):
    with pytest.raises(UsageError, match=reason):
        ask(vectors)


def test_the_closest_spelling_comes_first():
    words = ["baker", "bakers", "bake", "lake"]
    vectors = WordVectors(words, np.eye(4))
    assert close_spellings(vectors, "bakerz", 2) == ["baker", "bakers"]
