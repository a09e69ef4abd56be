"""The divergence from the truth: by hand, its laws, and what cannot be measured."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.counts.model import NgramModel
from keraslm.divergence import divergence, divergence_on, kullback_leibler
from keraslm.errors import UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.truth import Truth
from keraslm_datasets import village
from keraslm_datasets.grammar_parser import Parser
from keraslm_datasets.grammar_reader import read_grammar

# A line is "a b", 3/4, or "a c", 1/4.
PARSER = Parser(read_grammar("S -> a/X B\nB -> 3 b/X | 1 c/X"))
WEIGHTS = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any)


def counted(text, order=2, smoothing="mle", level="word"):
    encoder, ids = TextEncoder.learn(tokenizer_named(level), text)
    return NgramModel.train(encoder, ids, order, smoothing)


def test_by_hand():
    # Q(b | a) = Q(c | a) = 1/2, the rest is certain: KL after a is
    # 3/4 log(3/2) + 1/4 log(1/2), and 0 elsewhere; a third of the tokens follow an a
    model = counted("a b\na c\n")
    truth = Truth(PARSER, model.encoder)
    found = divergence(truth, model, Text.from_string("a b\na b\n"))
    nats = (0.75 * math.log(1.5) + 0.25 * math.log(0.5)) / 3
    assert found.nats_per_token == pytest.approx(nats)
    assert (found.tokens, found.impossible, found.text_tokens) == (6, 0, 6)
    # over texts, model nats - truth nats is the same: 3 of 4 lines are "a b"
    ids = model.encoder.encode("a b\na b\na b\na c\n")
    gap = truth.log_probabilities(ids) - model.log_probabilities(ids)
    assert gap.mean() == pytest.approx(nats)


def test_of_the_truth_itself_it_is_0_at_every_level():
    for level in ("word", "char"):
        truth = Truth.alone(village.parser(), level)
        text = Text.from_string(village.text("test", 300), language=village)
        assert divergence(truth, truth, text).nats_per_token == 0
        assert divergence_on(text, truth).nats_per_token == 0


def test_on_village_it_is_the_mean_of_what_the_model_pays_above_the_truth():
    train, test = village.text("train", 20_000), village.text("test", 10_000)
    model = counted(train, 3, "modified-kneser-ney")
    truth = Truth(village.parser(), model.encoder)
    found = divergence(truth, model, Text.from_string(test))
    ids = model.encoder.encode(test)
    gap = truth.log_probabilities(ids) - model.log_probabilities(ids)
    error = gap.std() / math.sqrt(len(ids))
    assert abs(gap.mean() - found.nats_per_token) < 4 * error
    # an n-gram model begins each line anew, so a sample of lines is of the same kind
    some = divergence(truth, model, Text.from_string(test), most=2_000)
    assert 1_000 < some.tokens < 4_000
    assert some.text_tokens == len(ids)
    assert some.nats_per_token == pytest.approx(found.nats_per_token, rel=0.1)


@given(WEIGHTS, WEIGHTS)
def test_it_is_never_negative_and_0_of_equals(one, two):
    with np.errstate(divide="ignore"):
        log_p, log_q = (np.log(np.array(w) / sum(w)) for w in (one, two))
    assert kullback_leibler(log_p, log_p) == 0
    found = kullback_leibler(log_p, log_q)
    impossible = any(p and not q for p, q in zip(one, two, strict=True))
    assert found == math.inf if impossible else 0 <= found < math.inf


def test_what_a_model_holds_impossible_is_infinite():
    model = counted("a b\n")
    truth = Truth(PARSER, model.encoder)  # c is <unk>, of which model knows nothing
    text = Text.from_string("a b\n")
    assert divergence(truth, model, text).nats_per_token == math.inf


def test_after_impossible_beginnings_nothing_is_measured():
    model = counted("a b\na c\n", smoothing="witten-bell")
    truth = Truth(PARSER, model.encoder)
    # a b </s> | c, after which b and </s> cannot be: these two are left out
    found = divergence(truth, model, Text.from_string("a b\nc b\n"))
    assert (found.tokens, found.impossible) == (4, 2)
    nothing = divergence(truth, model, Text.from_string(""))
    assert math.isnan(nothing.nats_per_token)


def test_other_tokens_and_scores_are_refused():
    model = counted("a b\na c\n")
    with pytest.raises(UsageError, match=r"truth.with_encoder\(model.encoder\)"):
        divergence(Truth.alone(PARSER, "char"), model, Text.from_string("a b\n"))
    with pytest.raises(UsageError, match=r"sum to 1\.5"):
        kullback_leibler(np.log([0.5, 0.5]), np.log([0.75, 0.75]))
    assert divergence_on(Text.from_string("a b\n"), model) is None  # what language?
