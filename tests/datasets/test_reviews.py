"""The reviews: what a bag of words can tell is computed, and is not all."""

import pytest

from keraslm_datasets import reviews
from keraslm_datasets.grammar_reader import read_grammar
from keraslm_datasets.label_bounds import label_bounds

TINY = """
Line -> 1 good/L Good | 1 bad/L Bad
Good -> 1 A but/CC B | 1 B
Bad  -> 1 B but/CC A | 1 C
words A JJ: 2 dull | 1 flat
words B JJ: 3 fine | 1 dear
words C JJ: 1 poor | 1 fine
"""


def test_the_bounds_by_hand():
    # The bag of "dull but fine" has both orders, so half of this half is right. "fine"
    # alone is good with 1/4 * 3/4 and bad with 1/4 * 1/2; dear and poor are certain.
    found = label_bounds(read_grammar(TINY))
    certain = 1 / 4 * 1 / 4 + 1 / 4 * 1 / 2
    assert found.bag == pytest.approx(1 / 4 + 3 / 16 + certain)
    assert found.sentence == pytest.approx(1 / 2 + 3 / 16 + certain)
    assert found.majority == pytest.approx(1 / 2)


def test_order_matters_in_the_reviews():
    found = reviews.bounds()
    assert found.majority == pytest.approx(1 / 2)
    assert found.bag == pytest.approx(0.791667, abs=1e-6)
    assert found.sentence == pytest.approx(1)


def test_the_text_is_labelled_and_the_same_for_the_same_seed():
    text = reviews.text("test", 2000, seed=1)
    assert text == reviews.text("test", 2000, seed=1)
    header, *rows = text.splitlines()
    assert header == "text\tlabel"
    found = [row.split("\t") for row in rows]
    for review, label in found:
        if " but " in review:
            review = review.partition(" but ")[2]
        flips = {"not", "hardly", "never"} & set(review.split())
        bad = {"bad", "dull", "hated"} & set(review.split())
        good = {"good", "funny", "loved"} & set(review.split())
        if "although" not in review and bad | good:
            assert label == ("good" if bool(good) != bool(flips) else "bad")
