import dataclasses
import json
import math

import numpy as np
import pytest

from keraslm import measures
from keraslm.errors import ModelFileError, UsageError

CARD = measures.Card(
    model="one",
    level="word",
    tokenizer="word",
    vocabulary_hash="f00",
    vocabulary_size=5,
    text="text",
    text_sha256="abc",
    tokens=4,
    end_of_line_tokens=1,
    oov_tokens=1,
    oov_rule=measures.OOV_RULE,
    state_rule="the last 2 tokens of the line",
    nats_per_token=1.0,
    perplexity=math.e,
    perplexity_without_oov=2.0,
    bits_per_character=1.5,
    bits_per_byte=1.5,
    characters=8,
    bytes=8,
    seconds=0.1,
    tokens_per_second=40.0,
    version="0",
    command="keraslm evaluate",
)


def test_perplexity_is_exp_of_the_mean_cross_entropy():
    # a fair choice of 8: log 8 nats, 3 bits
    assert measures.perplexity(math.log(8)) == pytest.approx(8)
    assert measures.bits(math.log(8)) == pytest.approx(3)


def test_an_impossible_text_has_an_infinite_perplexity():
    assert measures.perplexity(math.inf) == math.inf
    assert measures.perplexity(1e6) == math.inf


def test_tokens_are_averaged_with_and_without_oov():
    # 1/2, 1/4, 1/8 and an <unk> of 1/64: 1 + 2 + 3 + 6 = 12 bits over 4 tokens
    probabilities = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 64])
    is_oov = np.array([False, False, False, True])
    figures = measures.token_figures(np.log(probabilities), is_oov)
    assert figures["tokens"] == 4
    assert figures["oov_tokens"] == 1
    assert figures["nats_per_token"] == pytest.approx(3 * math.log(2))
    assert figures["perplexity"] == pytest.approx(2**3)
    assert figures["perplexity_without_oov"] == pytest.approx(2**2)  # 6 bits over 3


def test_a_text_of_oov_only_has_no_figure_without_oov():
    figures = measures.token_figures(np.log([0.5, 0.5]), np.array([True, True]))
    assert figures["perplexity"] == pytest.approx(2)
    assert math.isnan(figures["perplexity_without_oov"])


def test_no_token_has_no_perplexity():
    with pytest.raises(UsageError, match="at least one token"):
        measures.token_figures(np.zeros(0), np.zeros(0, dtype=bool))


def test_a_card_is_a_json_object_with_lower_case_keys():
    card = json.loads(json.dumps(CARD.to_dict()))
    assert card["perplexity"] == pytest.approx(math.e)
    assert all(key == key.lower() for key in card)


def test_cards_of_one_thing_may_be_compared():
    other = dataclasses.replace(
        CARD, model="two", perplexity=9.0, state_rule="carried", text="a copy"
    )
    measures.require_same_thing([CARD, other, CARD])


@pytest.mark.parametrize("field", measures.SAME_THING)
def test_cards_that_differ_are_refused_naming_the_field(field):
    value = getattr(CARD, field)
    changed = value + 1 if isinstance(value, int) else "other"
    other = dataclasses.replace(CARD, model="two", **{field: changed})
    with pytest.raises(UsageError) as error:
        measures.require_same_thing([CARD, CARD, other])
    for part in (field, repr(value), repr(changed), "one", "two"):
        assert part in str(error.value)


def test_a_card_is_read_back():
    assert measures.Card.from_dict(json.loads(json.dumps(CARD.to_dict()))) == CARD


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"perplexity": "3"}, "perplexity"),
        ({"tokens": None}, "tokens"),
        ({"details": []}, "details"),
        ({"grade": 1}, "grade"),
    ],
)
def test_a_card_that_is_damaged_is_refused(change, name):
    with pytest.raises(ModelFileError, match=f"damaged '{name}'"):
        measures.Card.from_dict(CARD.to_dict() | change)
