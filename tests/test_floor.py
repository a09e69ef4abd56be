"""The floor: what a language's own grammar scores on a text, and its entropy."""

import math

import numpy as np
import pytest

from keraslm.card import Card
from keraslm.counts.model import NgramModel
from keraslm.floor import Floor, floor_of, floor_of_characters
from keraslm.text import Text, TextEncoder, tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm_datasets.grammar_parser import Parser
from keraslm_datasets.grammar_reader import read_grammar

SENTENCES = {"a b": 0.75, "a c": 0.25}
TEXT = "a b\na c\n"


class Coin:
    """A language of two sentences."""

    def token_log_probabilities(self, line):
        p = SENTENCES.get(line, 0)
        return np.array([0.0, math.log(p), 0.0]) if p else np.full(3, -math.inf)

    def next_token_probabilities(self, beginning):
        following = {"": {"a": 1.0}, "a": {"b": 0.75, "c": 0.25}}
        return following.get(beginning, {"</s>": 1.0})

    def entropy_per_line(self):
        return -sum(p * math.log(p) for p in SENTENCES.values())

    def tokens_per_line(self):
        return 3.0

    def characters_per_line(self):
        return 4.0

    def parser(self):
        return Parser(read_grammar("S -> a/X B\nB -> 3 b/X | 1 c/X"))


def floor(words, text=TEXT, level="word"):
    reserved = ["<unk>", "</s>" if level == "word" else "\n"]
    vocabulary = Vocabulary([*reserved, *words])
    encoder = TextEncoder(tokenizer_named(level), vocabulary)
    text = Text.from_string(text, "text", Coin())
    return floor_of(text, encoder.encode(text), encoder)


def test_the_grammar_is_measured_on_the_text_and_the_entropy_on_average():
    found = floor("abc")
    # one line of each: (log 4/3 + log 4) / 6 tokens; on average 3/4 and 1/4 of them
    nats = (math.log(4 / 3) + math.log(4)) / 6
    assert found.grammar.nats_per_token == pytest.approx(nats)
    assert found.grammar.perplexity == pytest.approx((16 / 3) ** (1 / 6))
    bits = math.log2(16 / 3) / 8  # over 8 characters
    assert found.grammar.bits_per_character == pytest.approx(bits)
    entropy = 0.75 * math.log(4 / 3) + 0.25 * math.log(4)
    assert found.entropy.nats_per_token == pytest.approx(entropy / 3)
    assert found.entropy.bits_per_character == pytest.approx(entropy / 4 / math.log(2))
    assert (
        found.grammar.perplexity > found.entropy.perplexity
    )  # this text is a rare one


def test_an_unknown_word_costs_the_grammar_what_all_unknown_words_cost():
    # without c, <unk> after a is c alone: nothing changes but what counts as known
    without_c = floor("ab").grammar
    assert without_c.perplexity == pytest.approx(floor("abc").grammar.perplexity)
    assert without_c.perplexity_without_oov == pytest.approx((4 / 3) ** (1 / 5))
    # without b and c, <unk> after a is certain
    assert floor("a").grammar.perplexity == pytest.approx(1.0)


def test_characters_share_the_cost_of_their_words():
    found = floor("abc ", level="char").grammar
    assert found.nats_per_token == pytest.approx(math.log(16 / 3) / 8)
    # without c, <unk> after "a " is c alone
    without_c = floor("ab ", level="char").grammar
    assert without_c.nats_per_token == pytest.approx(math.log(16 / 3) / 8)
    assert without_c.perplexity_without_oov == pytest.approx((4 / 3) ** (1 / 7))
    assert floor("abc", level="char") is None  # no space: where does a word end?


@pytest.mark.parametrize("text", ["a b\nb a\n", "a\n", "\n"])
def test_a_text_with_a_line_of_no_sentence_has_no_floor(text):
    assert floor("abc", text) is None


def test_a_card_has_the_floor_and_keeps_it():
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), TEXT)
    model = NgramModel.train(encoder, ids, 2, "witten-bell")
    card = model.evaluate(Text.from_string(TEXT, "text", Coin()))
    found = Floor.of_card(Card.from_dict(card.to_dict()).to_dict())
    assert found == floor("abc")
    expected = card.perplexity / (16 / 3) ** (1 / 6) - 1
    assert found.above(card) == pytest.approx(expected)
    assert Floor.of_card(model.evaluate(Text.from_string(TEXT)).to_dict()) is None


def test_bits_a_character_are_of_the_text_as_it_is():
    found = floor_of_characters(Text.from_string(TEXT, "text", Coin()))
    grammar, entropy = found.values()
    assert grammar == pytest.approx(math.log2(16 / 3) / 8)
    assert entropy == pytest.approx((0.75 * math.log2(4 / 3) + 0.25 * 2) / 4)
    assert floor_of_characters(Text.from_string(TEXT)) == {}


def test_a_part_of_a_text_is_in_its_language():
    text = Text.from_string(TEXT, "text", Coin()).part(0, 4, "first line")
    assert text.language_log_probabilities.tolist() == [0.0, math.log(0.75), 0.0]
