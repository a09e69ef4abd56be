"""The crossroads: one derivation a line, and bounds that are computed, not measured."""

import itertools
from collections import Counter, defaultdict

import pytest

from keraslm_datasets import crossroads
from keraslm_datasets.grammar_prefixes import EMPTY, PrefixReader
from keraslm_datasets.grammar_reader import read_grammar
from keraslm_datasets.tagged_bounds import bounds

# "that dog" and "that dogs bark": `that` is decided by the word behind it, `light` too.
TINY = """
Line -> 2 that/DT Noun | 1 that/IN Nouns bark/VBP | 1 the/DT light/JJ Noun Rest
Rest -> 3 barks/VBZ | 1 light/VBP
words Noun NN: 3 dog | 1 light
words Nouns NNS: 1 dogs | 1 dog
"""


def every_sentence(grammar, symbol):
    """Give all derivations of a symbol of a finite grammar: tagged words, and P."""
    for number in grammar.rules_of[symbol]:
        ways = [
            [([(part.symbol, part.tag)], 1.0)]
            if part.tag
            else list(every_sentence(grammar, part.symbol))
            for part in grammar.rules[number].parts
        ]
        for chosen in itertools.product(*ways):
            p = float(grammar.probabilities[number])
            for _, of_part in chosen:
                p *= of_part
            yield [pair for pairs, _ in chosen for pair in pairs], p


def by_enumeration(grammar):
    """Give both bounds from the list of all sentences, by their definition."""
    by_word, by_prefix = defaultdict(Counter), defaultdict(Counter)
    length = 0.0
    for sentence, p in every_sentence(grammar, grammar.start):
        length += p * len(sentence)
        words = [word for word, _ in sentence]
        for k, (word, tag) in enumerate(sentence):
            by_word[word][tag] += p
            by_prefix[tuple(words[: k + 1])][tag] += p
    return [
        sum(max(tags.values()) for tags in counted.values()) / length
        for counted in (by_word, by_prefix)
    ]


def test_the_bounds_are_those_of_all_sentences_written_out():
    grammar = read_grammar(TINY)
    found = bounds(grammar)
    assert [found.most_frequent, found.left] == pytest.approx(by_enumeration(grammar))
    assert found.most_frequent < found.left < found.both == 1.0


def test_the_bounds_of_the_crossroads():
    found = crossroads.bounds()
    assert 100 * found.most_frequent == pytest.approx(84.33, abs=0.005)
    assert 100 * found.left == pytest.approx(93.38, abs=0.005)


def test_every_line_has_one_derivation():
    """Two derivations of the same words are followed at once, as pairs of stacks.

    The stacks are finitely many. Were a line ambiguous, some pair of derivations that
    have used different rules would reach the end together.
    """
    reader = PrefixReader(crossroads.grammar())
    start = next(iter(reader.start().weights))
    cells = reader.start().stacks
    waiting, seen = [(start, start, False)], set()
    while waiting:
        first, second, differed = waiting.pop()
        assert not (differed and first == second == EMPTY)
        if EMPTY in (first, second):
            continue
        (top, below), (other_top, other_below) = cells.cells[first], cells.cells[second]
        for word in range(len(reader.words)):
            for way in reader.ways(top, word):
                for other in reader.ways(other_top, word):
                    pair = (
                        cells.push(way.left, below),
                        cells.push(other.left, other_below),
                        differed or way.rules != other.rules,
                    )
                    if pair not in seen:
                        seen.add(pair)
                        waiting.append(pair)


def test_the_text_is_two_columns_and_the_same_for_the_same_seed():
    text = crossroads.text("test", 200, seed=1)
    assert text == crossroads.text("test", 200, seed=1)
    assert text != crossroads.text("valid", 200, seed=1)
    sentences = text.split("\n\n")
    assert sentences.pop() == ""
    lines = list(crossroads.lines("test", 200, seed=1))
    assert [
        " ".join(w.split("\t")[0] for w in s.split("\n")) for s in sentences
    ] == lines
    derivations = [crossroads.parser().derivations(line.split()) for line in lines]
    assert set(derivations) == {1}


def test_the_share_of_right_tags_of_the_commonest_is_as_computed():
    sentences = list(crossroads.tagged("train", 40_000))
    counted = defaultdict(Counter)
    for sentence in sentences:
        for word, tag in sentence:
            counted[word][tag] += 1
    right = sum(max(tags.values()) for tags in counted.values())
    share = right / sum(sum(tags.values()) for tags in counted.values())
    assert share == pytest.approx(crossroads.bounds().most_frequent, abs=0.006)
