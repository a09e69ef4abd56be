"""The truth as a model: by hand on a tiny grammar, and as village's grammar scores."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.errors import KeraslmError, UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.truth import Truth, told_alike
from keraslm.truth_stream import ImpossiblePrefix
from keraslm_datasets import village
from keraslm_datasets.grammar_parser import Parser
from keraslm_datasets.grammar_reader import read_grammar

TOY = """
S -> 3 the/D Noun sat/V | 1 a/D cat/N End
Noun -> 2 cat/N | 1 cats/N
End -> sat/V | 1 !/X
"""
LINES = {
    "the cat sat": 1 / 2,
    "the cats sat": 1 / 4,
    "a cat sat": 1 / 8,
    "a cat !": 1 / 8,
}
PARSER = Parser(read_grammar(TOY))


def told(tokens, level="word"):
    vocabulary = Vocabulary(["<unk>", "</s>" if level == "word" else "\n", *tokens])
    return Truth(PARSER, TextEncoder(tokenizer_named(level), vocabulary))


def by_hand(encoder, prefix):
    """P(next token) of every token, by spelling every line of the toy language."""
    found = np.zeros(len(encoder.vocabulary))
    for line, p in LINES.items():
        ids = encoder.encode(line + "\n").tolist()
        if ids[: len(prefix)] == prefix and len(ids) > len(prefix):
            found[ids[len(prefix)]] += p
    return found / found.sum()


def beginnings(encoder):
    lines = [encoder.encode(line + "\n").tolist() for line in LINES]
    return [line[:length] for line in lines for length in range(len(line))]


@pytest.mark.parametrize(
    ("level", "tokens"),
    [
        ("word", ["the", "a", "cat", "cats", "sat", "!"]),
        ("word", ["the", "a", "sat"]),  # cat, cats and ! are <unk>
        ("word", ["cat", "zebra"]),
        ("char", list(" theacs!")),
        ("char", list(" ahx")),  # "t", "e", "c", "s" and "!" are <unk>
    ],
)
def test_every_beginning_has_the_distribution_of_the_lines_that_begin_so(level, tokens):
    truth = told(tokens, level)
    for prefix in beginnings(truth.encoder):
        found = truth.next_token_probabilities(prefix)
        np.testing.assert_allclose(found, by_hand(truth.encoder, prefix), atol=1e-12)


def test_a_few_by_hand():
    words = told(["the", "a", "cat", "cats", "sat", "!"])
    # after "a cat": sat and ! one to one; <unk> </s> the a cat cats sat ! in this order
    assert words.next_token_probabilities("a cat").tolist() == [0] * 6 + [0.5, 0.5]
    characters = told(list(" theacs!"), "char")
    # "the cat" goes on with " " (cat, 2/3) or "s" (cats, 1/3)
    found = characters.next_token_probabilities("the cat")
    assert found[characters.vocabulary[" "]] == pytest.approx(2 / 3)
    assert found[characters.vocabulary["s"]] == pytest.approx(1 / 3)
    assert characters.next_token_probabilities("a cat sat")[1] == 1  # the newline


@pytest.mark.parametrize("level", ["word", "char"])
def test_a_text_of_village_costs_what_its_grammar_scores(level):
    truth = keraslm.load("truth:village", level)
    lines = list(village.lines("test", 3000))
    ids = truth.encoder.encode("".join(f"{line}\n" for line in lines))
    scores = np.add.reduceat(
        truth.log_probabilities(ids),
        np.r_[0, np.flatnonzero(ids == 1)[:-1] + 1],
    )
    expected = [village.log_probability(line) for line in lines]
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("level", ["word", "char"])
def test_a_stream_agrees_with_the_scores(level):
    truth = keraslm.load("truth:village", level)
    ids = truth.encoder.encode(village.text("valid", 1500))
    stream, rows = truth.stream(), []
    for token in ids.tolist():
        rows.append(stream.next_log_probabilities())
        stream.push(token)
    np.testing.assert_allclose(np.exp(rows).sum(1), 1)
    found = np.array(rows)[np.arange(len(ids)), ids]
    np.testing.assert_allclose(found, truth.log_probabilities(ids), atol=1e-9)


def test_forks_go_their_own_ways():
    truth = told(list(" theacs!"), "char")
    first = truth.stream()
    first.extend(truth.encoder.encode_prompt("the ca"))
    second = first.fork()
    first.extend(truth.encoder.encode_prompt("ts sat"))
    second.push(truth.vocabulary["t"])
    for stream, text in ((first, "the cats sat"), (second, "the cat")):
        np.testing.assert_allclose(
            np.exp(stream.next_log_probabilities()),
            truth.next_token_probabilities(text),
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["the", "a", "cat", "cats", "sat", "!", "\n"])))
def test_impossible_tokens_cost_all_up_to_the_end_of_their_line(words):
    truth = told(["the", "a", "cat", "cats", "sat", "!"])
    text = " ".join(words)
    expected = [
        PARSER.token_log_probabilities(line.split()) for line in text.split("\n")
    ]
    ids = truth.encoder.encode_prompt(text)
    found = truth.log_probabilities(np.array(ids, int))
    np.testing.assert_allclose(found, np.concatenate(expected)[: len(ids)])


def test_an_impossible_beginning_says_where():
    truth = told(["the", "a", "cat", "cats", "sat", "!"])
    with pytest.raises(ImpossiblePrefix, match="token 2 of the line, 'a', cannot"):
        truth.next_token_probabilities("the a cat")
    found = truth.next_token_probabilities("the a cat\nthe")  # a new line
    assert found[truth.vocabulary["cat"]] == pytest.approx(2 / 3)


def test_what_it_writes_is_of_the_language():
    truth = keraslm.load("truth:village")
    *lines, _ = "".join(truth.generate(length=300, seed=1)).split("\n")
    assert lines
    assert all(village.log_probability(line) > -math.inf for line in lines)


def test_words_in_several_tokens_are_told_too():
    tokens = ["'", "\N{HALFWIDTH BLACK SQUARE}s", "alice", "hat", "."]
    vocabulary = Vocabulary(["<unk>", "</s>", *tokens])
    encoder = TextEncoder(tokenizer_named("word-marks"), vocabulary)
    grammar = Parser(read_grammar("S -> 1 alice/N 's/P hat/N | 2 alice/N ./X"))
    truth = Truth(grammar, encoder)
    found = truth.score("alice 's hat").table()
    assert found["token"].tolist() == ["alice", *tokens[:2], "hat", "</s>"]
    np.testing.assert_allclose(found["probability"], [1, 1 / 3, 1, 1, 1])


def test_what_cannot_be_told_is_refused(tmp_path):
    with pytest.raises(UsageError, match="with a space between words"):
        told(list("theacs!"), "char")
    marks = TextEncoder(tokenizer_named("word-marks"), Vocabulary(["<unk>", "</s>"]))
    with pytest.raises(UsageError, match="train without `tokenize`"):
        Truth(Parser(read_grammar("S -> a/X | a-!/Y")), marks)
    with pytest.raises(UsageError, match="by its name, truth:village"):
        keraslm.load("truth:village").save(tmp_path / "m.keras")
    assert not list(tmp_path.iterdir())
    with pytest.raises(UsageError, match="is village; received 'vilage'"):
        keraslm.load("truth:vilage")
    with pytest.raises(UsageError, match="`level` is one of 'word', 'char'"):
        keraslm.load("truth:village", "letters")


def test_beside_other_models_the_truth_has_their_tokens():
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), "alice bought a hat .")
    counts = NgramModel.train(encoder, ids, 2, "witten-bell")
    truth = keraslm.load("truth:village")
    alike = told_alike([truth, counts, truth])
    hashes = [model.encoder.hash for model in alike]
    assert set(hashes) == {encoder.hash}
    assert told_alike([truth]) == [truth]
    mass = alike[0].next_token_probabilities("")
    known = village.next_token_probabilities("")
    expected = 1 - sum(known.get(word, 0) for word in encoder.vocabulary.tokens)
    assert mass[0] == pytest.approx(expected)


def test_a_file_of_that_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "truth:village").write_text("no model")
    with pytest.raises(KeraslmError, match="truth:village"):
        keraslm.load("truth:village")


def test_lines_of_characters_have_the_probability_of_their_words():
    truth = told(list(" theacs!"), "char")
    for line, p in LINES.items():
        found = truth.score(line + "\n").log_probability
        assert math.exp(found) == pytest.approx(p)
