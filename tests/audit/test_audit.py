"""An audit passes a sound model and names what a broken one breaks."""

import numpy as np
import pytest

from keraslm.audit import audit_model, audit_texts
from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.language_model import LanguageModel
from keraslm.sampling.stream import TokenStream
from keraslm.text.encoder import TextEncoder
from keraslm.text.text import Text
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary


class Urn(LanguageModel):
    """<unk> 1/8, </s> 3/8, a 1/2 after every history, and one thing that is wrong."""

    name = "urn"
    state_rule = "no history"
    metadata: dict = {}  # noqa: RUF012
    parameters = 3

    def __init__(self, wrong=""):
        vocabulary = Vocabulary(["<unk>", "</s>", "a"])
        self.encoder = TextEncoder(tokenizer_named("word"), vocabulary)
        self.wrong = wrong
        self.calls = 0

    @property
    def probabilities(self):
        shares = [1, 3, 4 + (self.wrong == "sums to one")]
        if self.wrong == "probabilities":
            shares = [-1, 5, 4]
        return np.array(shares) / 8

    def log_probabilities(self, ids):
        self.calls += 1
        with np.errstate(invalid="ignore"):
            logs = np.log(self.probabilities)[ids]
        if self.wrong == "causal":
            logs[:-1] += 0.1 * ids[1:]
        if self.wrong == "deterministic" and self.calls > 2:
            logs += 1e-9
        return logs

    def stream(self):
        return UrnStream(self)

    def save(self, path):
        raise NotImplementedError


class UrnStream(TokenStream):
    def __init__(self, urn):
        self.urn = urn

    def next_log_probabilities(self):
        with np.errstate(invalid="ignore"):
            logs = np.log(self.urn.probabilities)
        return logs[::-1] if self.urn.wrong == "stream = batch" else logs

    def push(self, token_id):
        pass


def failed(checks):
    return [check.name for check in checks if check.passed is False]


def test_a_sound_model_passes():
    checks = audit_model(Urn())
    assert failed(checks) == []
    assert {check.name: check.figure for check in checks} == {
        "sums to one": 0,
        "probabilities": 0,
        "causal": 0,
        "stream = batch": 0,
        "deterministic": 0,
    }


@pytest.mark.parametrize("wrong", ["sums to one", "deterministic", "stream = batch"])
def test_one_broken_property_is_named(wrong):
    assert failed(audit_model(Urn(wrong))) == [wrong]


@pytest.mark.parametrize("wrong", ["causal", "probabilities"])
def test_a_deep_fault_is_named_among_others(wrong):
    assert wrong in failed(audit_model(Urn(wrong)))


def test_a_model_of_counts_passes():
    text = "the dog barks\nthe cat sleeps\n" * 5
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    model = NgramModel.train(encoder, ids, 3, Additive(0.1))
    assert failed(audit_model(model, ids)) == []


def leaks(train, test, tokens):
    vocabulary = Vocabulary(["<unk>", "</s>", *tokens])
    encoder = TextEncoder(tokenizer_named("word"), vocabulary)
    texts = Text.from_string(train, "train"), Text.from_string(test, "test")
    return {check.name: check for check in audit_texts(encoder, *texts)}


def test_a_vocabulary_that_has_seen_the_test_text_is_caught():
    # of <unk> </s> a b c: c stands in the test text alone
    leak = leaks("a b\n", "a c\n", "abc")["vocabulary leak"]
    assert (leak.figure, leak.passed) == (1 / 5, False)
    assert leaks("a b\n", "a d\n", "abc")["vocabulary leak"].passed


def test_lines_of_the_training_text_are_counted_once():
    # the different lines of the test text: "a b", "b b", "c"; training has "a b"
    found = leaks("c c\na b\n\n", "a b\n\na b\nb b\nc\n", "abc")
    assert found["lines in training"].figure == 1 / 3
    assert found["lines in training"].passed is None


def test_passages_of_the_training_text_are_found_anywhere():
    letters = "a b c d e f g h i j"
    # the test text is a..j </s>: 11 tokens, so 4 passages of 8; training has the
    # first, a..h, and the second, b..i
    found = leaks("x a b c d e f g h i x\n", letters + "\n", "abcdefghijx")
    assert found["passages in training"].figure == 2 / 4


def test_a_short_text_has_no_passages():
    assert leaks("a\n", "a\n", "a")["passages in training"].figure == 0
