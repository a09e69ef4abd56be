"""The village translated: the derivation is the parser's, and agreement holds."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.errors import CorpusError
from keraslm_datasets import drawing, village, village_translated
from keraslm_datasets.grammar_parser import Parser
from keraslm_datasets.grammar_reader import read_grammar
from keraslm_datasets.grammar_sampler import Sampler
from keraslm_datasets.synchronous import (
    SynchronousGrammar,
    derivation_of,
    with_derivations,
)

LINES = 200
PAIRS = list(village_translated.pairs("valid", 3000, seed=5))[:LINES]
SIGNS = ",.?"

TINY = """
feature number: sg pl
Line -> Act[number]
Act[number] -> subject:Noun[number] verb:Verb[number] Object
Object -> 1 Noun[sg] | 1 Noun[pl] | 1 the/DT Noun[sg]
words Noun[number] NN NNS: dog dogs | cat cats
words Verb[number] VBZ VBP: sees see
"""


def tiny(order):
    def inflect(_left, part, agreement):
        return f"{part.symbol.removesuffix('s').upper()}-{'.'.join(agreement or ())}"

    always = {"Line": "thing sg"}
    grammar = read_grammar(TINY)
    return Parser(grammar), SynchronousGrammar(grammar, order, [], always, inflect)


def test_a_tiny_grammar_by_hand():
    order = {"Noun Verb Object": "Noun Object Verb !", "the Noun": "Noun the"}
    parser, synchronous = tiny(order)
    (derivation,) = parser.all_derivations("dogs see the cat".split())
    found = " ".join(word for word, _ in synchronous.translate(derivation))
    assert found == "DOG-thing.sg CAT-thing.sg THE-thing.sg SEE-thing.sg !"


@pytest.mark.parametrize(
    "order", [{"Noun Verb": "Verb Noun"}, {"the Noun": "Noun a"}, {"the Noun": "Nouns"}]
)
def test_an_order_of_no_rule_is_refused(order):
    with pytest.raises(ValueError, match=r"rule|part"):
        tiny(order)


def test_the_text_of_village_is_unchanged_and_the_derivation_is_the_parser_s():
    lines = list(village.lines("valid", 3000, seed=5))[:LINES]
    assert [line for line, _ in PAIRS] == lines
    marked = drawing.sentences(Sampler(with_derivations(village.grammar())), "valid", 5)
    for line, drawn in zip(lines[:60], marked, strict=False):
        (parsed,) = village.parser().all_derivations(line.split())
        assert tuple(derivation_of(drawn)) == parsed


def test_translating_a_line_is_what_the_text_has():
    assert [village_translated.translate(line) for line, _ in PAIRS[:60]] == [
        other for _, other in PAIRS[:60]
    ]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_each_word_has_one_word_and_signs_stay(seed):
    for line, other in village_translated.pairs("train", 60, seed=seed):
        words = [word for word in line.split() if word not in SIGNS]
        found = [word for word in other.split() if word not in SIGNS]
        assert len(found) == len(words)
        assert line.count(".") == other.count(".")
        assert line[-1] == other[-1]


def ending(word):
    return word[-2:]


def test_each_word_is_aligned_with_one_word():
    for line, _ in PAIRS[:60]:
        tokens = line.split()
        aligned = village_translated.aligned(line)
        places = [place for _, place in aligned if place is not None]
        words = {k for k, token in enumerate(tokens) if token not in SIGNS}
        assert len({*places}) == len(places)
        assert words <= {*places}


def test_verbs_agree_with_their_subjects_and_pronouns_with_what_they_stand_for():
    far = 0
    for line, _ in PAIRS:
        words = {place: word for word, place in village_translated.aligned(line)}
        for fact in village.agreement(line):
            subject, verb = words[fact.subject_index], words[fact.verb_index]
            is_pair = line.split()[fact.subject_index + 1 :][:1] == ["and"]
            if subject.islower() and subject not in village.words() and not is_pair:
                assert ending(subject) == ending(verb)
                far += fact.attractors > 0
        for fact in village.pronouns(line):
            if fact.gender in ("it", "they"):
                noun, pronoun = words[fact.antecedent_index], words[fact.pronoun_index]
                assert ending(noun) == ending(pronoun)
    assert far > 15


def test_a_noun_stands_before_its_determiner_and_adjectives_and_they_agree():
    phrase = re.compile(r"\b(?:(?:DT|CD) )?(?:JJ )*NNS? ")
    counted = Counter()
    for line, _ in PAIRS:
        aligned = village_translated.aligned(line)
        at = {place: number for number, (_, place) in enumerate(aligned)}
        tags = "".join(f"{tag} " for _, tag in village.tagged(line))
        for found in phrase.finditer(tags):
            first = tags[: found.start()].count(" ")
            size = found.group().count(" ")
            there = [at[k] for k in range(first, first + size)]
            assert there == [*range(there[0], there[0] - size, -1)]
            assert len({ending(aligned[k][0]) for k in there}) == 1
            counted[size] += 1
    assert counted[2] > 100
    assert counted[3] > 40


def test_the_verb_is_last_in_its_clause():
    simple = 0
    for line, _ in PAIRS:
        verbs = [k for k, (_, t) in enumerate(village.tagged(line)) if t[:2] == "VB"]
        if len(verbs) == 1:
            assert village_translated.aligned(line)[-2][1] == verbs[0]
            simple += 1
    assert simple > 15


def test_past_is_said_by_the_verb():
    found = village_translated.translate("alice bought a hat . then she washed it .")
    assert (
        village_translated.translate("alice buys a hat .").split()[-2][:4]
        == (found.split()[3][:4])
    )
    assert found.split()[3].endswith("tano")


def test_a_line_of_no_village_is_refused():
    with pytest.raises(CorpusError, match="of the village's language"):
        village_translated.translate("the dog the dog")
