"""Mixtures: what the models' probabilities come to, by hand and for every history."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel
from keraslm.mixture import Mixture
from keraslm.mixture_name import is_mixture, parts_of
from keraslm.sampling.stream import TokenStream
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

TRAIN = "a b a b\na c\nb c\n"
TEST = "a b a b\na c\nc a\n"


class Thrown(TokenStream):
    def __init__(self, log_p):
        self.log_p = log_p

    def next_log_probabilities(self):
        return self.log_p.copy()

    def push(self, token_id):
        pass


class Die(LanguageModel):
    """The same probabilities of <unk>, </s>, a, b after every history."""

    state_rule = "no history"
    metadata: dict = {}  # noqa: RUF012
    parameters = 4

    def __init__(self, name, probabilities):
        self.name = name
        with np.errstate(divide="ignore"):
            self.log_p = np.log(probabilities)
        vocabulary = Vocabulary(["<unk>", "</s>", "a", "b"])
        self.encoder = TextEncoder(tokenizer_named("word"), vocabulary)

    def log_probabilities(self, ids):
        return self.log_p[ids]

    def stream(self):
        return Thrown(self.log_p)

    def save(self, path):
        raise NotImplementedError


# <unk> 0, </s> 1/2, and a and b share the rest three to one, or one to three
DICE = [Die("one", np.array([0, 4, 3, 1]) / 8), Die("two", np.array([0, 4, 1, 3]) / 8)]


def counted(order, smoothing, text=TRAIN, level="word"):
    tokenizer = tokenizer_named(level)
    encoder = TextEncoder(tokenizer, Vocabulary.build(tokenizer.count([text]), level))
    return NgramModel.train(encoder, encoder.encode(text), order, smoothing)


@pytest.fixture(scope="module")
def counts():
    """A bigram that holds much impossible, and a unigram that holds nothing so."""
    return [counted(2, "mle"), counted(1, "witten-bell")]


def test_a_mixture_found_and_measured_by_hand():
    # 5 a, 3 b and a </s>, which says nothing: P(a) = w 3/8 + (1 - w) 1/8 is 5/16, five
    # eighths of the half that is not </s>, at w = 3/4; and P(b) = 3/16
    text = Text.from_string("a a a a a b b b\n", "throws")
    mixture = Mixture.fit(DICE, text)
    np.testing.assert_allclose(mixture.weights, [3 / 4, 1 / 4], atol=1e-3)
    card = mixture.evaluate(text, "again")
    nats = -(5 * math.log(5 / 16) + 3 * math.log(3 / 16) + math.log(1 / 2)) / 9
    assert card.nats_per_token == pytest.approx(nats, abs=1e-6)
    assert card.model == "0.75 one + 0.25 two"
    assert card.state_rule == "one: no history; two: no history"
    assert (card.tokens, card.command) == (9, "again")
    assert mixture.parameters == 8
    assert card.details["weights_chosen_on"] == {
        "text": "throws",
        "text_sha256": text.sha256,
    }
    weights = {part["model"]: part["weight"] for part in card.details["parts"]}
    assert weights == dict(zip(["one", "two"], mixture.weights, strict=True))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("mix:a,b", (["a", "b"], [0.5, 0.5])),
        ("mix:a=.75,b=0.25", (["a", "b"], [0.75, 0.25])),
        ("mix:x=y=1e-1,b=0.9", (["x=y", "b"], [0.1, 0.9])),
    ],
)
def test_a_mixture_has_a_name(name, parts):
    assert is_mixture(name)
    assert parts_of(name) == parts


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mix:", "MODEL=WEIGHT"),
        ("mix:a,,b", "MODEL=WEIGHT"),
        ("mix:a=0.5,b", "received 'b' for a weight"),
        ("mix:a=1,b=x", "received 'x' for a weight"),
    ],
)
def test_a_name_that_is_none_is_refused(name, why):
    with pytest.raises(UsageError, match=why):
        parts_of(name)


def test_a_mixture_is_opened_by_its_name(tmp_path, counts):
    for model, file in zip(counts, ("one", "two"), strict=True):
        model.save(tmp_path / file)
    one, two = tmp_path / "one", tmp_path / "two"
    mixture = keraslm.load(f"mix:{one}=0.25,{two}=0.75")
    expected = Mixture(counts, [0.25, 0.75]).next_token_probabilities("a b")
    np.testing.assert_array_equal(mixture.next_token_probabilities("a b"), expected)
    assert mixture.name.startswith("0.75 ngram-1 witten-bell + 0.25 ngram-2 mle")
    for name, why in (
        (f"mix:{one}=0.25,{two}=0.25", "sum to one"),
        (f"mix:{one}", "two models or more"),
        (f"mix:{one},{tmp_path / 'three'}", "there is no model file"),
    ):
        with pytest.raises(UsageError, match=why):
            keraslm.load(name)


def test_probabilities_are_weighted_means():
    mixture = Mixture(DICE, [0.25, 0.75])
    # a: 1/4 * 3/8 + 3/4 * 1/8 = 6/32, b: 1/4 * 1/8 + 3/4 * 3/8 = 10/32
    expected = [0, 1 / 2, 6 / 32, 10 / 32]
    np.testing.assert_allclose(mixture.next_token_probabilities("a b"), expected)
    np.testing.assert_allclose(
        mixture.score("a b").table()["probability"], [6 / 32, 10 / 32, 1 / 2]
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("a b c \n".split(" ")), max_size=6), st.floats(0, 1))
def test_probabilities_sum_to_one_after_any_history(counts, history, weight):
    mixture = Mixture(counts, [weight, 1 - weight])
    row = mixture.next_token_probabilities(" ".join(history))
    assert row.sum() == pytest.approx(1, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("a b c \n".split(" ")), min_size=1), st.floats(0, 1))
def test_a_text_scores_the_product_of_what_may_come_next(counts, words, weight):
    mixture = Mixture(counts, [weight, 1 - weight])
    ids = mixture.encoder.encode(" ".join(words))
    rows = [mixture.next_token_probabilities(ids[:t].tolist()) for t in range(len(ids))]
    expected = [row[word] for row, word in zip(rows, ids, strict=True)]
    np.testing.assert_allclose(np.exp(mixture.log_probabilities(ids)), expected)


def test_what_one_part_holds_impossible_another_allows(counts):
    assert counts[0].perplexity(TEST) == math.inf
    mixture = Mixture.fit(counts, Text.from_string(TEST))
    assert mixture.perplexity(TEST) < counts[1].perplexity(TEST) < math.inf


def test_the_mixture_of_what_was_read_is_what_it_would_read(counts):
    text, mixture = Text.from_string(TEST), Mixture(counts, [0.3, 0.7])
    readings = [model.read(text) for model in counts]
    once, again = mixture.mix(readings), mixture.read(text)
    np.testing.assert_array_equal(once.log_probabilities, again.log_probabilities)
    np.testing.assert_array_equal(once.ids, again.ids)
    assert once.seconds == readings[0].seconds + readings[1].seconds


def test_generating_draws_from_the_mixture():
    # </s> 1/2, a: 7/10 * 3/8 + 3/10 * 1/8 = 3/10, b: 7/10 * 1/8 + 3/10 * 3/8 = 2/10
    mixture = Mixture(DICE, [0.7, 0.3])
    ids = mixture.encoder.encode("".join(mixture.generate(length=4000, seed=1)))
    shares = np.bincount(ids, minlength=4) / len(ids)
    np.testing.assert_allclose(shares, [0, 0.5, 0.3, 0.2], atol=0.03)
    again = ["".join(mixture.generate(length=50, seed=seed)) for seed in (2, 2, 3)]
    assert again[0] == again[1] != again[2]


def test_the_parts_keep_their_notes():
    models = [counted(2, "stupid-backoff"), counted(1, "witten-bell")]
    part, other = Mixture(models, [0.5, 0.5]).details["parts"]
    assert "scores, not probabilities" in part["smoothing"]["notes"][0]
    assert "notes" not in other["smoothing"]


def test_a_mixture_is_a_model_that_can_be_mixed(counts):
    inner = Mixture(counts, [0.5, 0.5])
    outer = Mixture([inner, counts[1]], [0.5, 0.5])
    flat = Mixture(counts, [0.25, 0.75])
    assert outer.perplexity(TEST) == pytest.approx(flat.perplexity(TEST))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (counted(1, "witten-bell", TRAIN + "d\n"), "`vocabulary_size=5`"),
        (counted(1, "witten-bell", level="char"), "'word' has .*, and 'char' has"),
    ],
)
def test_models_of_other_tokens_are_refused(counts, other, words):
    with pytest.raises(UsageError, match=words):
        Mixture([counts[0], other], [0.5, 0.5])
    with pytest.raises(UsageError, match=words):
        Mixture.fit([counts[0], other], Text.from_string(TEST))


@pytest.mark.parametrize(
    "weights", [[1.0], [0.5, 0.4], [1.5, -0.5], [math.nan, 1.0], [0.2, 0.3, 0.5]]
)
def test_weights_that_are_no_mixture_are_refused(weights):
    with pytest.raises(UsageError, match="sum to one"):
        Mixture(DICE, weights)


def test_one_model_is_no_mixture():
    with pytest.raises(UsageError, match="two models or more; received 1"):
        Mixture.fit(DICE[:1], Text.from_string("a\n"))


def test_saving_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(UsageError, match=r"weights \[0.25, 0.75\]"):
        Mixture(DICE, [0.25, 0.75]).save(tmp_path / "m.keras")
    assert list(tmp_path.iterdir()) == []


def test_the_package_offers_it():
    assert keraslm.Mixture is Mixture
