"""Weighted grammars: the rule file, exact probabilities, expectations and sampling."""

import itertools
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm_datasets.grammar import Grammar
from keraslm_datasets.grammar_parser import LINE_END, Parser
from keraslm_datasets.grammar_reader import read_grammar
from keraslm_datasets.grammar_rules import GrammarError, Part, Rule
from keraslm_datasets.grammar_sampler import Sampler

TOY = """
feature number: sg pl
S -> 3 Clause[sg] ./. | 1 Clause[pl] ./.
Clause[number] -> subject:NP[number] verb:Verb[number]
NP[number] -> 3 the/DT *Noun[number] | 1 the/DT *Noun[number] near/IN NP[sg]
words Noun[number] NN NNS: 3 dog dogs | 1 cat cats
words Verb[number] VBZ VBP: runs run
"""

# One sentence of length n >= 1 with probability 1/2 ** n.
GEOMETRIC = "S -> 1 a/X | 1 a/X S"


def log_probability(grammar, line):
    return Parser(grammar).token_log_probabilities(line.split()).sum()


def inside(grammar, tokens):
    """The sum over all derivations, span by span: the slow way, as in the books."""
    tokens = tuple(tokens)

    @cache
    def symbol(part, start, end):
        if part.tag:
            return float(end == start + 1 and tokens[start] == part.symbol)
        numbers = grammar.rules_of[part.symbol]
        parts = ((grammar.probabilities[n], grammar.rules[n].parts) for n in numbers)
        return sum(p * sequence(below, start, end) for p, below in parts)

    @cache
    def sequence(parts, start, end):
        if len(parts) == 1:
            return symbol(parts[0], start, end)
        return sum(
            first * sequence(parts[1:], middle, end)
            for middle in range(start + 1, end)
            if (first := symbol(parts[0], start, middle))
        )

    return symbol(Part(grammar.start), 0, len(tokens))


def test_a_feature_stands_for_each_of_its_values():
    grammar = read_grammar(
        "feature n: sg pl\nS -> 2 Noun[n]\nwords Noun[n] NN NNS: dog dogs"
    )
    assert str(grammar).splitlines() == [
        "S -> 2 Noun[sg]",
        "S -> 2 Noun[pl]",
        "Noun[sg] -> 182 dog/NN",
        "Noun[pl] -> 182 dogs/NNS",
    ]
    assert grammar.words == ("dog", "dogs")
    assert grammar.classes == {"dog": "noun", "dogs": "noun"}
    assert grammar.paradigms["Noun[pl]", "dogs"] == {"sg": "dog", "pl": "dogs"}


def test_words_without_weights_follow_zipf_and_mandelbrot():
    # Row r has weight round(2000 / (r + 10)): 2000 / 11 = 181.8, 2000 / 12 = 166.7.
    grammar = read_grammar("S -> N\nwords N NN: first | second")
    assert [rule.weight for rule in grammar.rules] == [1, 182, 167]


def test_labels_and_heads_are_kept():
    grammar = read_grammar("S -> i:subject:a/X *b/Y")
    assert grammar.rules[0].parts == (
        Part("a", "X", ("i", "subject")),
        Part("b", "Y", head=True),
    )
    assert grammar.rules[0].head == 1


def test_comments_blank_lines_and_further_lines():
    text = "# hello\n\nS -> a/X  # the first\n\n   | 2 b/#X\n".replace("b/#X", "b/X")
    assert str(read_grammar(text)) == "S -> 1 a/X\nS -> 2 b/X\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "at least one rule"),
        ("# nothing\n", 1, "at least one rule"),
        ("S -> a/X\nhello there", 2, "a statement is"),
        ("  S -> a/X", 1, "must not be indented"),
        ("S ->", 1, "nothing follows"),
        ("S -> a/X |", 1, "nothing follows"),
        ("S -> | a/X", 1, "nothing before this bar"),
        ("S -> a/X\n  | 7", 2, "nothing follows the weight"),
        ("S -> 0 a/X", 1, "a weight is 1 to"),
        ("S -> 99999999999 a/X", 1, "a weight is 1 to"),
        ("S -> a", 1, "received 'a'"),
        ("S -> a/", 1, "a word is written word/TAG"),
        ("s -> a/X", 1, "a symbol is Name"),
        ("S -> N[sg] a/X\nT -> b/X", 1, "N[sg] is used but has no rule"),
        ("S -> a/X\nT -> b/X", 2, "not reached"),
        ("S -> a/X | a/X", 1, "written twice"),
        ("S -> T a/X\nT -> U\nU -> b/X\n  | T c/X", 2, "may begin with itself"),
        ("S -> a/X S", 1, "derivations must end"),
        ("S -> 1 a/X | 1 a/X S S", 1, "largest eigenvalue must be below 1; it is 1"),
        ("feature n\nS -> a/X", 1, "a feature is"),
        ("feature n: SG pl\nS -> a/X", 1, "small letters"),
        ("feature n: sg sg\nS -> a/X", 1, "given twice"),
        ("S -> N\nwords N NN", 2, "a word list is"),
        ("S -> N\nwords N NN: a b", 2, "each row has 1 forms"),
        ("S -> N\nwords N NN NNS: a b", 2, "1 columns"),
        ("S -> N\nwords N NN: a |", 2, "nothing follows"),
        ("S -> N\nwords N NN: a\n  | b:c", 3, "a word is written"),
        ("feature n: sg pl\nS -> N[n]\nwords N[n,n] X Y: a b", 3, "one feature"),
    ],
)
def test_a_wrong_rule_file_gives_the_line_and_the_reason(text, line, reason):
    if "N[n,n]" in text:
        text = text.replace("N[n,n]", "N[n,m]").replace("S", "feature m: x y\nS", 1)
        line += 1
    with pytest.raises(GrammarError) as caught:
        read_grammar(text)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"line {line} of the grammar: ")


def test_probability_is_the_product_of_the_rules():
    grammar = read_grammar(TOY)
    # S 3/4, NP 3/4, dog 3/4, runs 1.
    assert log_probability(grammar, "the dog runs .") == pytest.approx(
        math.log(27 / 64)
    )
    # S 1/4, NP 1/4, cats 1/4, the NP inside 3/4, dog 3/4, run 1.
    assert log_probability(grammar, "the cats near the dog run .") == pytest.approx(
        math.log(1 / 4 * 1 / 4 * 1 / 4 * 9 / 16)
    )


@pytest.mark.parametrize(
    "line", ["", "the", "the dog run .", "the dog runs . .", "the cow runs .", ". ."]
)
def test_a_line_outside_of_the_language_has_probability_zero(line):
    assert log_probability(read_grammar(TOY), line) == -math.inf


def test_the_probabilities_of_all_short_lines_add_up():
    # P(length <= 4) of the geometric language is 1/2 + 1/4 + 1/8 + 1/16 = 15/16.
    grammar = read_grammar(GEOMETRIC)
    total = sum(math.exp(log_probability(grammar, "a " * n)) for n in range(5))
    assert total == pytest.approx(15 / 16)
    # In the toy language, lines of at most 7 words have at most one `near`: a clause
    # of 4 words has no `near` (3/4), of 7 words one (1/4 * 3/4).
    toy = read_grammar(TOY)
    nouns, verbs = ["dog", "cat", "dogs", "cats"], ["runs", "run"]
    short = itertools.product(["the"], nouns, verbs, ["."])
    longer = itertools.product(["the"], nouns, ["near"], ["the"], nouns, verbs, ["."])
    lines = [*short, *longer]
    total = sum(math.exp(log_probability(toy, " ".join(line))) for line in lines)
    assert total == pytest.approx(3 / 4 + 3 / 16)


def test_entropy_and_length_of_the_geometric_language_by_hand():
    grammar = read_grammar(GEOMETRIC)
    # H = sum of n log 2 / 2**n = 2 log 2; the mean length is 2; M = [1/2].
    assert grammar.entropy() == pytest.approx(2 * math.log(2))
    assert grammar.length() == pytest.approx(2)
    assert grammar.spectral_radius == pytest.approx(1 / 2)


def test_entropy_of_the_toy_language_by_hand():
    grammar = read_grammar(TOY)
    quarter = math.log(4) - 3 / 4 * math.log(3)  # the entropy of a choice 3 to 1
    # An NP is one choice and one noun, and with 1/4 another NP: E = (q + q) / (3/4).
    assert grammar.entropy() == pytest.approx(quarter + 2 * quarter / (3 / 4))
    # Its length is 2, and with 1/4 another `near` and NP: L = 2 + (1 + L) / 4 = 3.
    assert grammar.length() == pytest.approx(3 + 2)


def test_the_next_word_has_its_exact_probability():
    parser = Parser(read_grammar(TOY))
    assert parser.next_probabilities([]) == {"the": pytest.approx(1)}
    # P(dog) = P(sg) P(dog | sg) = 3/4 * 3/4.
    assert parser.next_probabilities(["the"]) == pytest.approx(
        {"dog": 9 / 16, "cat": 3 / 16, "dogs": 3 / 16, "cats": 1 / 16}
    )
    assert parser.next_probabilities(["the", "dogs"]) == pytest.approx(
        {"run": 3 / 4, "near": 1 / 4}
    )
    assert parser.next_probabilities(["the", "dogs", "run", "."]) == {LINE_END: 1}
    assert parser.next_probabilities(["the", "runs"]) == {}
    geometric = Parser(read_grammar(GEOMETRIC))
    assert geometric.next_probabilities(["a"]) == pytest.approx(
        {"a": 1 / 2, LINE_END: 1 / 2}
    )


def test_token_probabilities_are_those_of_the_next_word():
    parser = Parser(read_grammar(TOY))
    tokens = ["the", "dogs", "near", "the", "cat", "run", "."]
    logs = parser.token_log_probabilities(tokens)
    for position, token in enumerate([*tokens, LINE_END]):
        following = parser.next_probabilities(tokens[:position])
        assert math.exp(logs[position]) == pytest.approx(following[token])
        assert sum(following.values()) == pytest.approx(1)


AMBIGUOUS = """
S -> NP saw/V NP | NP saw/V NP P
NP -> 3 N | N P
P -> with/P NP
words N N: man | dog | telescope
"""


def test_derivations_are_counted():
    parser = Parser(read_grammar(AMBIGUOUS))
    assert parser.derivations(["man", "saw", "dog"]) == 1
    # saw with the telescope, or the dog with the telescope
    assert parser.derivations(["man", "saw", "dog", "with", "telescope"]) == 2
    assert parser.derivations(["man", "saw", "saw"]) == 0
    assert parser.tree(["man", "saw", "saw"]) == ()


@pytest.mark.parametrize("text", [TOY, AMBIGUOUS, GEOMETRIC])
def test_reading_agrees_with_the_inside_algorithm(text):
    grammar = read_grammar(text)
    rng = np.random.default_rng(1)
    for line in Sampler(grammar).sentences(30, rng):
        if len(line.split()) < 20:
            expected = math.log(inside(grammar, line.split()))
            assert log_probability(grammar, line) == pytest.approx(expected)


def test_samples_have_the_probabilities_of_the_rules():
    grammar = read_grammar(TOY)
    count = 40_000
    words, owner, logs = Sampler(grammar).draw(count, np.random.default_rng(5))
    error = logs.std() / math.sqrt(count)
    assert -logs.mean() == pytest.approx(grammar.entropy(), abs=4 * error)
    lengths = np.bincount(owner, minlength=count)
    error = lengths.std() / math.sqrt(count)
    assert lengths.mean() == pytest.approx(grammar.length(), abs=4 * error)
    # `dog` is 27/64 of all lines `the dog runs .`, so is the share of the shortest.
    plain = np.flatnonzero(lengths == 4)
    share = len(plain) / count
    assert share == pytest.approx(3 / 4, abs=4 * math.sqrt(3 / 16 / count))
    assert (np.diff(owner) >= 0).all()
    assert words.size == lengths.sum()


def test_a_sample_knows_the_probability_of_its_lines():
    grammar = read_grammar(TOY)
    sampler = Sampler(grammar)
    _, _, logs = sampler.draw(200, np.random.default_rng(9))
    lines = sampler.sentences(200, np.random.default_rng(9))
    for line, log in zip(lines, logs, strict=True):
        assert log_probability(grammar, line) == pytest.approx(log)


def test_very_long_and_deep_lines_are_read():
    parser = Parser(read_grammar(TOY))
    tokens = ["the", "dogs", *["near", "the", "cat"] * 600, "run", "."]
    # S 1/4, NP 1/4, dogs 3/4; 599 times 1/4 * 1/4; the last NP 3/4 * 1/4.
    expected = math.log(3 / 64) + 599 * math.log(1 / 16) + math.log(3 / 16)
    assert parser.token_log_probabilities(tokens).sum() == pytest.approx(expected)
    assert len([node for node in parser.tree(tokens) if node.part.tag]) == len(tokens)


# ---- Any text is a grammar or a GrammarError -------------------------------------

# Pieces of rule files, right and wrong; `_` is a new line, `~` a space.
PIECES = """
S T S[n] T[sg] a/X b/Y | -> 3 0 i:T *T a sg pl feature words # / : [ T[n,m] ::a/X
**a/X _ _S~->~ _T~->~ _feature~n:~ _words~T~N:~ _words~S[n]~N~M: _~a/X
"""
ANY_PIECE = st.sampled_from(
    [piece.replace("_", "\n").replace("~", " ") for piece in PIECES.split()]
)


@given(st.one_of(st.lists(ANY_PIECE, max_size=25).map(" ".join), st.text(max_size=60)))
@settings(max_examples=150, deadline=None)
def test_any_text_is_a_grammar_or_a_grammar_error(text):
    try:
        grammar = read_grammar(text)
    except GrammarError as error:
        assert 1 <= error.line <= text.count("\n") + 1
        assert error.reason
    else:
        assert grammar.spectral_radius < 1


@st.composite
def grammars(draw):
    """Small grammars whose symbols begin with a word or with a later symbol."""
    names = ["S", "A", "B[sg]", "B[pl]", "C"][: draw(st.integers(1, 5))]
    rules = []
    for index, left in enumerate(names):
        words = st.tuples(st.sampled_from("xyz"), st.sampled_from(["N", "V"]))
        first = st.one_of(words, st.sampled_from([*names[index + 1 :], ("x", "N")]))
        rest = st.lists(st.one_of(words, st.sampled_from(names)), max_size=2)
        shapes = draw(st.lists(st.tuples(first, rest), min_size=1, max_size=3))
        shapes.append((("w", "N"), []))  # so that every symbol may end
        for head, tail in shapes:
            parts = [_part(draw, piece) for piece in (head, *tail)]
            rules.append(Rule(left, tuple(parts), draw(st.integers(1, 9)), 1))
    return rules


def _part(draw, piece):
    labels = draw(st.sampled_from([(), ("i",), ("subject", "j")]))
    symbol, tag = piece if isinstance(piece, tuple) else (piece, None)
    return Part(symbol, tag, labels, draw(st.booleans()))


@given(grammars())
@settings(max_examples=60, deadline=None)
def test_a_grammar_written_and_read_is_the_same(rules):
    try:
        grammar = Grammar(rules)
    except GrammarError:
        return
    assert read_grammar(str(grammar)) == grammar
    rng = np.random.default_rng(0)
    for line in Sampler(grammar).sentences(5, rng):
        if len(line.split()) < 12:
            expected = math.log(inside(grammar, line.split()))
            assert log_probability(grammar, line) == pytest.approx(expected)
