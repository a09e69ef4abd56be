"""Surprisal of two models and of the truth, by hand."""

import math

import numpy as np
import pytest

from keraslm.errors import UsageError
from keraslm.surprisal import surprisals
from tests.hand_made import HandMade

FAIR = HandMade(
    {"</s>": {"a": 1.0}, "a": {"b": 0.5, "c": 0.5}, "b": {"</s>": 1}, "c": {"</s>": 1}},
    name="fair",
)
SKEW = HandMade(
    {
        "</s>": {"a": 0.5},
        "a": {"b": 0.125, "c": 0.0},
        "b": {"</s>": 1},
        "c": {"</s>": 1},
    },
    name="skew",
)


def test_bits_of_each_token_their_difference_and_the_truth():
    found = surprisals(FAIR, SKEW, "a b", np.log([1, 0.75, 1]))
    table = found.table()
    assert table["token"].tolist() == ["a", "b", "</s>"]
    assert table["first"].tolist() == pytest.approx([0, 1, 0])
    assert table["second"].tolist() == pytest.approx([1, 3, 0])
    assert table["difference"].tolist() == pytest.approx([-1, -2, 0])
    assert table["truth"].tolist() == pytest.approx([0, math.log2(4 / 3), 0])
    expected = {"first": 1, "second": 4, "truth": math.log2(4 / 3), "difference": -3}
    assert found.totals() == pytest.approx(expected)


def test_the_truth_is_of_every_token_or_not_there():
    assert "truth" not in surprisals(FAIR, SKEW, "a b").table()
    with pytest.raises(UsageError, match=r"each of the 3 tokens .* received 2"):
        surprisals(FAIR, SKEW, "a b", np.zeros(2))


def test_what_is_impossible_is_infinite_and_has_no_difference_from_its_like():
    found = surprisals(FAIR, SKEW, "a c")
    assert found.difference.tolist() == [-1, -math.inf, 0]
    assert found.totals()["difference"] == -math.inf
    twice = surprisals(SKEW, SKEW, "a c")
    assert np.isnan(twice.difference).tolist() == [False, True, False]


def test_vocabularies_may_differ_elsewhere_but_not_in_this_text():
    small = HandMade({"</s>": {"a": 0.5}, "a": {"</s>": 1.0}}, name="small")
    assert surprisals(FAIR, small, "a").second.tolist() == pytest.approx([1, 0])
    with pytest.raises(UsageError, match="token 2 of the text is 'b' for fair and"):
        surprisals(FAIR, small, "a b")
    characters = HandMade({"\n": {"a": 1.0}}, "char", name="characters")
    with pytest.raises(UsageError, match=r"token 2 .* '</s>' for fair and none for ch"):
        surprisals(FAIR, characters, "a")
