import dataclasses
import json
import math

import numpy as np
import pytest

from keraslm import measures, ranking
from keraslm.card import OOV_RULE, SAME_THING, Card, require_same_thing
from keraslm.errors import ModelFileError, UsageError

CARD = Card(
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
    oov_rule=OOV_RULE,
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
    require_same_thing([CARD, other, CARD])


@pytest.mark.parametrize("field", SAME_THING)
def test_cards_that_differ_are_refused_naming_what_differs(field):
    value = getattr(CARD, field)
    changed = value + 1 if isinstance(value, int) else "other"
    other = dataclasses.replace(CARD, model="two", **{field: changed})
    with pytest.raises(UsageError) as error:
        require_same_thing([CARD, CARD, other])
    for part in (field.split("_")[0], str(value), str(changed), "one", "two"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("one", "two"),
    [("train", "test"), ("train", ""), ("valid", "train"), ("whole", "train")],
)
def test_a_figure_of_the_training_text_stands_beside_no_other(one, two):
    # the text is the same, but one of the models has learnt from it
    cards = [
        dataclasses.replace(CARD, model=model, part=part)
        for model, part in (("first", one), ("second", two))
    ]
    with pytest.raises(UsageError) as error:
        require_same_thing(cards)
    for part in (repr(one), repr(two or "test"), "first", "second"):
        assert part in str(error.value)


@pytest.mark.parametrize("parts", [("train", "train"), ("test", ""), ("valid", "test")])
def test_figures_of_one_text_that_all_or_none_have_learnt_from(parts):
    cards = [dataclasses.replace(CARD, part=part) for part in parts]
    require_same_thing(cards)


def test_a_card_without_figures_is_compared_with_none():
    other = dataclasses.replace(CARD, model="two", unmeasured="no token is known")
    with pytest.raises(UsageError, match="two has no figure: no token is known"):
        require_same_thing([CARD, other])


def test_a_card_of_before_there_were_parts_is_read():
    told = CARD.to_dict()
    del told["part"], told["unmeasured"]
    assert Card.from_dict(told) == CARD


def test_of_two_vocabularies_the_larger_is_to_be_trained_again():
    large = dataclasses.replace(
        CARD, model="counts", vocabulary_hash="ab" * 32, vocabulary_size=14_675
    )
    small = dataclasses.replace(
        CARD, model="lstm", vocabulary_hash="cd" * 32, vocabulary_size=10_000
    )
    for cards in ([large, small], [small, large]):
        with pytest.raises(UsageError) as error:
            require_same_thing(cards)
        assert "train counts again with `vocabulary_size=10000`" in str(error.value)
        assert "14,675 tokens (abababababab)" in str(error.value)


def test_models_are_ranked_by_what_they_know():
    # the figures of Katz and Kneser-Ney where a fifth of the tokens is unknown
    katz = dataclasses.replace(CARD, perplexity=107.7, perplexity_without_oov=196.9)
    kneser_ney = dataclasses.replace(
        CARD, perplexity=389.3, perplexity_without_oov=160.5
    )
    undefined = dataclasses.replace(CARD, perplexity_without_oov=math.nan)
    assert sorted([undefined, katz, kneser_ney], key=ranking.rank) == [
        kneser_ney,
        katz,
        undefined,
    ]


@pytest.mark.parametrize(("unknown", "warned"), [(0, False), (2, False), (3, True)])
def test_more_than_two_unknown_in_a_hundred_are_warned_of(unknown, warned):
    card = dataclasses.replace(CARD, tokens=100, oov_tokens=unknown)
    assert bool(ranking.unknown_warning(card)) is warned


def test_a_card_is_read_back():
    assert Card.from_dict(json.loads(json.dumps(CARD.to_dict()))) == CARD


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
        Card.from_dict(CARD.to_dict() | change)
