"""The exact posterior of a blank, against the probability of every whole sentence."""

import numpy as np
import pytest

from keraslm_datasets import village
from keraslm_datasets.grammar_parser import Parser
from keraslm_datasets.grammar_reader import read_grammar

TOY = """
feature number: sg pl
S -> 3 Clause[sg] | 1 Clause[pl]
Clause[number] -> the/DT Noun[number] Verb[number]
words Noun[number] NN NNS: 3 dog dogs | 1 cat cats
words Verb[number] VBZ VBP: runs run
"""
LINE = "who bought the thin pig ? alice bought it ."


def test_a_toy_grammar_by_hand():
    parser = Parser(read_grammar(TOY))
    places = [(parser.words.index(word),) for word in "the dog runs".split()]
    shares = parser.blanks(places)
    # "the ___ runs": the verb is singular, and so dog 3/4, cat 1/4
    found = dict(zip(parser.words, shares[1].tolist(), strict=True))
    assert {word: p for word, p in found.items() if p} == {"dog": 0.75, "cat": 0.25}
    # "the dog ___": the noun is singular, so the verb is
    assert shares[2][parser.words.index("runs")] == 1


def test_it_is_the_share_of_each_whole_sentence():
    parser, words = village.parser(), LINE.split()
    places = [(parser.words.index(word),) for word in words]
    found = parser.blanks(places)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    for place in (3, 7):
        for word in ("pig", "thin", "sold", "bought", "red"):
            line = [*words[:place], word, *words[place + 1 :]]
            logs = parser.token_log_probabilities(line).sum()
            own = parser.token_log_probabilities(words).sum()
            ratio = found[place, parser.words.index(word)]
            ratio /= found[place, places[place][0]]
            assert ratio == pytest.approx(np.exp(logs - own))


def test_one_of_several_words_is_the_sum_over_them():
    parser, words = village.parser(), LINE.split()
    places = [(parser.words.index(word),) for word in words]
    both = (parser.words.index("thin"), parser.words.index("red"))
    joined = parser.blanks([*places[:3], both, *places[4:]])[4]
    weights = []
    for adjective in ("thin", "red"):
        own = [parser.words.index(adjective)]
        scores = []
        for noun in parser.words:
            line = [*words[:3], parser.words[own[0]], noun, *words[5:]]
            scores.append(np.exp(parser.token_log_probabilities(line).sum()))
        weights.append(scores)
    total = np.sum(weights, axis=0)
    np.testing.assert_allclose(joined, total / total.sum(), atol=1e-12)


def test_where_the_other_words_are_impossible_there_is_nothing():
    parser = village.parser()
    the = (parser.words.index("the"),)
    assert not parser.blanks([the, the, the]).any()
