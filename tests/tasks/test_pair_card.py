"""The card of a translator, against counts by hand."""

import sys

import numpy as np
import pytest

from keraslm.errors import MissingExtra
from keraslm.tasks import Pair, TranslationCard
from keraslm.tasks.bleu import bleu_of
from keraslm.tasks.pair_card import by_length, token_accuracy
from keraslm.tasks.pairs import PairedText

SOURCES = ["a", "a b", "a b c d e f g h i", "a b"]
TARGETS = ["x", "x y", "x y z", "x y"]
OUTPUTS = ["x", "x", "x z y", "x y z"]


def split(texts):
    return [text.split() for text in texts]


def card(**more):
    pairs = tuple(map(Pair, SOURCES, TARGETS))
    text = PairedText("four", pairs, "0" * 64)
    tokens = map(split, (SOURCES, TARGETS, OUTPUTS))
    return TranslationCard.of("model", text, *tokens, 2.0, **more)


def test_exact_match_and_tokens_by_hand():
    found = card()
    assert (found.exact.right, found.exact.n) == (1, 4)
    # x </s>: both right; x y </s>: x alone; x y z </s>: x and </s>; x y </s>: x and y.
    assert (found.tokens.right, found.tokens.n) == (2 + 1 + 2 + 2, 2 + 3 + 4 + 3)


def test_lengths_are_counted_in_groups_of_equal_width():
    # 9 tokens in at most 8 groups: two lengths a group, and two groups have pairs.
    found = card().by_length
    assert [
        (each.low, each.high, each.exact.right, each.exact.n) for each in found
    ] == [
        (1, 2, 1, 3),
        (9, 10, 0, 1),
    ]


@pytest.mark.parametrize("longest", [1, 7, 8, 9, 41, 399, 100_000])
def test_each_length_is_in_one_of_eight_groups(longest):
    lengths = np.arange(1, longest + 1)
    found = by_length(lengths, np.ones(longest, bool))
    assert len(found) <= 8
    counted = [n for each in found for n in (each.low, min(each.high, longest))]
    assert counted[0] == 1
    assert counted[-1] == longest
    assert sum(each.exact.n for each in found) == longest
    assert all(each.exact.n <= each.high - each.low + 1 for each in found)


def test_groups_are_counted_by_their_names():
    found = card(groups=["short", "short", "long", "short"])
    counted = {name: (g.right, g.n) for name, g in found.by_group.items()}
    assert counted == {"long": (0, 1), "short": (1, 3)}
    assert card().by_group == {}


def test_the_card_as_json():
    told = card(unit="characters", part="test").to_dict()
    assert told["accuracy"] == 1 / 4
    assert told["tokens"]["accuracy"] == 7 / 12
    assert told["tokens"]["unit"] == "characters"
    assert [row["n"] for row in told["by_length"]] == [3, 1]
    assert told["pairs_per_second"] == 2.0
    assert told["bleu"] is None


def test_a_longer_output_has_not_the_end_in_its_place():
    assert token_accuracy([["x", "y"]], [["x"]]).to_dict()["accuracy"] == 1 / 2


def test_bleu_by_hand():
    pytest.importorskip("sacrebleu")
    # Outputs "a b c d e" and "a", targets "a b c d f" and "a":
    # p1 = (4 + 1) / 6, p2 = 3 / 4, p3 = 2 / 3, p4 = 1 / 2; as long, so BP = 1.
    outputs, targets = split(["a b c d e", "a"]), split(["a b c d f", "a"])
    by_hand = 100 * (5 / 6 * 3 / 4 * 2 / 3 * 1 / 2) ** (1 / 4)
    assert bleu_of(outputs, targets).score == pytest.approx(by_hand)
    # Half as long, all right: BP = exp(1 - 8 / 4).
    found = bleu_of(split(["a b c d"]), split(["a b c d e f g h"]))
    assert found.score == pytest.approx(100 * np.exp(-1))
    assert "tok:none" in found.signature
    assert card(bleu=True).to_dict()["bleu"]["signature"]


def test_bleu_without_its_extra_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics", None)
    with pytest.raises(MissingExtra, match=r"keraslm\[translation\]"):
        card(bleu=True)
