"""Minimal pairs: read from lines, and asked of models with known probabilities."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusError
from keraslm.minimal_pairs import Pair, prefer, read_pairs
from tests.hand_made import HandMade

COLUMN = st.text(st.characters(exclude_characters="\t\n")).filter(str.strip)
PAIR = st.tuples(COLUMN.filter(lambda text: text[0] != "#"), COLUMN)
SILENT = st.sampled_from(["", "  ", "\t", "# no pair", "#", "#a\tb"])


@given(st.lists(PAIR, min_size=1), st.data())
def test_pairs_are_read_as_written_whatever_stands_between(pairs, data):
    lines = ["good\tbad"] if pairs[0] == ("good", "bad") else []
    for good, bad in pairs:
        lines += [*data.draw(st.lists(SILENT, max_size=2)), f"{good}\t{bad}"]
    assert read_pairs(lines) == pairs


@given(st.lists(st.text(st.characters(exclude_characters="\n"))))
def test_any_lines_are_pairs_or_refused_with_the_number_of_the_line(lines):
    wrong = [
        number
        for number, line in enumerate(lines, start=1)
        if line.strip() and line[0] != "#"
        if len(line.split("\t")) != 2 or not all(map(str.strip, line.split("\t")))
    ]
    try:
        found = read_pairs(lines)
    except CorpusError as error:
        said = f"line {wrong[0]} " if wrong else "there is no pair"
        assert str(error).startswith(said)
    else:
        assert found
        assert wrong == []


def test_a_heading_only_at_the_top():
    assert read_pairs(["# subject", "good\tbad", "a\tb"]) == [("a", "b")]
    assert read_pairs(["a\tb", "good\tbad"]) == [("a", "b"), ("good", "bad")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("the dog", "line 2 has no tab: 'the dog'"),
        ("a\tb\tc", "line 2 has 3 columns"),
        ("a\t ", "line 2 has an empty column"),
        ("\tb", "line 2 has an empty column"),
    ],
)
def test_a_line_that_is_no_pair(line, why):
    with pytest.raises(CorpusError, match=why):
        read_pairs(["a\tb", line])


def test_the_whole_texts_are_compared_by_hand():
    model = HandMade(
        {
            "</s>": {"a": 0.75, "b": 0.25},
            "a": {"</s>": 0.125, "a": 0.875},
            "b": {"</s>": 1.0},
        }
    )
    pairs = [Pair("b", "a"), Pair("a", "b"), Pair("b a", "a b"), Pair("b", "b")]
    found = prefer(model, pairs)
    # P(a </s>) = 3/4 1/8 = 3/32, P(b </s>) = 1/4; after b no a, after a no b
    bits = math.log2(8 / 3)
    np.testing.assert_allclose(found.margins, [bits, -bits, 0, 0], atol=1e-12)
    assert found.table()["preferred"].tolist() == ["good", "bad", "tie", "tie"]
    assert (found.accuracy.right, found.accuracy.ties) == (1, 2)
    assert found.accuracy.share == 0.5


def test_the_order_of_tokens_makes_no_difference_to_a_model_without_history():
    row = {"</s>": 0.1, "a": 0.2, "b": 0.3, "c": 0.4}
    model = HandMade(dict.fromkeys(row, row))
    words = ["a b c a b", "b a b c a"]
    assert prefer(model, [Pair(*words)]).margins.tolist() == [0.0]
