"""The village: its text, its exact entropy and probabilities, its tags and facts."""

import hashlib
import math
from collections import Counter

import numpy as np
import pytest

from keraslm.errors import CorpusError, UsageError
from keraslm_datasets import village
from keraslm_datasets.grammar_parser import Parser
from keraslm_datasets.grammar_sampler import Sampler

SHA256_OF_SMALL_TRAIN = (
    "18bbf76e169f417b01a402ae96349cd4f0236d0e15f4f563a4899fa05d44ee87"
)

# ---- Text ------------------------------------------------------------------------


def test_the_same_arguments_always_give_the_same_text():
    digest = hashlib.sha256(village.text("train", "small", seed=0).encode())
    # If the rules are changed on purpose, this changes, and so does every figure that
    # was measured on village.
    assert digest.hexdigest() == SHA256_OF_SMALL_TRAIN


def test_sizes_end_at_the_first_line_end_after_the_tokens():
    for size, wanted in (("small", 20_000), (1, 1), (500, 500), (12_345, 12_345)):
        lines = list(village.lines(tokens=size))
        tokens = [len(line.split()) + 1 for line in lines]
        assert sum(tokens) >= wanted > sum(tokens[:-1])


def test_a_shorter_text_is_the_beginning_of_a_longer_one():
    small, more = village.text(tokens=20_000), village.text(tokens=100_000)
    assert more.startswith(small)


def test_splits_and_seeds_give_other_lines():
    texts = [
        village.text(split, 5_000, seed) for split in village.SPLITS for seed in (0, 1)
    ]
    assert len(set(texts)) == 6
    train, valid, test = (set(village.lines(split)) for split in village.SPLITS)
    # Short lines are drawn twice, of course; long ones practically never.
    for one, other in ((train, valid), (train, test), (valid, test)):
        shared = [line for line in one & other if line.count(" ") > 15]
        assert not shared


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"tokens": "tiny"}, "small, medium, large"),
        ({"tokens": 0}, "from 1 on"),
        ({"tokens": True}, "from 1 on"),
        ({"split": "training"}, "train, valid, test"),
        ({"seed": -1}, "a seed is"),
    ],
)
def test_wrong_arguments_are_refused_at_once(arguments, reason):
    with pytest.raises(UsageError, match=reason):
        village.lines(**arguments)


def test_lines_are_words_with_single_spaces():
    for line in village.lines(tokens="small"):
        assert line == " ".join(line.split()) and line
        assert line == line.lower()
        assert line.endswith(" .")


def test_the_vocabulary_is_used_and_known():
    words = village.words()
    assert 500 <= len(words) <= 800
    assert list(words) == sorted(set(words))
    counts = Counter(word for line in village.lines() for word in line.split())
    assert set(counts) == set(words)
    # In 200,000 tokens nearly every word is seen often enough to be learned.
    assert np.quantile([counts[word] for word in words], 0.05) >= 20


def test_words_have_classes():
    assert village.word_class("dog") == village.word_class("cows") == "noun animal"
    assert village.word_class("ate") == village.word_class("cook") == "verb food"
    assert village.word_class("alice") == village.word_class("bob") == "name"
    assert village.word_class("the") == "det"
    assert village.word_class(".") == "function"
    classes = Counter(village.word_class(word) for word in village.words())
    assert len(classes) > 30
    with pytest.raises(CorpusError, match="no word 'telephone'"):
        village.word_class("telephone")


# ---- Probability and entropy -------------------------------------------------------


def test_every_line_has_one_derivation():
    parser = Parser(village.grammar())
    for line in village.lines("test", 8_000, seed=7):
        assert parser.derivations(line.split()) == 1, line


def test_the_probability_of_a_line_is_that_of_its_rules():
    sampler = Sampler(village.grammar())
    rng = np.random.default_rng(3)
    _, _, logs = sampler.draw(150, np.random.default_rng(3))
    for line, log in zip(sampler.sentences(150, rng), logs, strict=True):
        assert village.log_probability(line) == pytest.approx(log, abs=1e-9)


def test_entropy_and_length_agree_with_a_large_sample():
    count = 60_000
    _, owner, logs = Sampler(village.grammar()).draw(count, np.random.default_rng(11))
    error = logs.std() / math.sqrt(count)
    assert -logs.mean() == pytest.approx(village.entropy_per_line(), abs=4 * error)
    tokens = np.bincount(owner, minlength=count) + 1
    error = tokens.std() / math.sqrt(count)
    assert tokens.mean() == pytest.approx(village.tokens_per_line(), abs=4 * error)


def test_the_lowest_perplexity_follows_from_entropy_and_length():
    per_token = village.entropy_per_line() / village.tokens_per_line()
    assert village.entropy_per_token() == pytest.approx(per_token)
    assert village.lowest_perplexity() == pytest.approx(math.exp(per_token))
    assert 6 < village.lowest_perplexity() < 25


def test_a_text_has_about_the_lowest_perplexity():
    lines = list(village.lines("valid", "small"))
    logs = np.array([village.log_probability(line) for line in lines])
    tokens = np.array([len(line.split()) + 1 for line in lines])
    # The standard error of a ratio: that of logs - ratio * tokens, per token.
    ratio = logs.sum() / tokens.sum()
    error = (logs - ratio * tokens).std() / tokens.mean() / math.sqrt(len(lines))
    assert -ratio == pytest.approx(village.entropy_per_token(), abs=4 * error)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        ".",
        "</s>",
        "日本",
        "the dog",
        "the dog sleep .",
        "the telephone rings .",
        "alice ate it .",
        "alice bought two pears . then he ate them .",
    ],
)
def test_a_line_outside_of_the_language_has_probability_zero(line):
    assert village.log_probability(line) == -math.inf


def test_token_probabilities_add_up_to_the_line_and_know_the_future():
    line = "the keys of the baker are on the table ."
    logs = village.token_log_probabilities(line)
    assert len(logs) == len(line.split()) + 1
    assert logs.sum() == pytest.approx(village.log_probability(line))
    following = village.next_token_probabilities("the keys of the baker")
    assert sum(following.values()) == pytest.approx(1)
    assert math.exp(logs[5]) == pytest.approx(following["are"])
    assert "is" not in following  # the baker is near, but the keys are the subject
    assert village.next_token_probabilities(line) == {village.LINE_END: 1.0}
    assert village.next_token_probabilities("keys the") == {}


def test_the_other_gender_does_not_lead_the_grammar_astray():
    beginning = "alice , the sister of bob , bought two pears . but tom worked . then"
    following = village.next_token_probabilities(beginning)
    assert set(following) == {"she"}


# ---- Tags and facts ----------------------------------------------------------------


def test_tags_come_from_the_derivation():
    line = "the rusty keys of the baker lie on the table ."
    assert [tag for _, tag in village.tagged(line)] == (
        ["DT", "JJ", "NNS", "IN", "DT", "NN", "VBP", "IN", "DT", "NN", "."]
    )
    assert [word for word, _ in village.tagged(line)] == line.split()
    with pytest.raises(CorpusError, match="'telephone' is not a word"):
        village.tagged("the telephone rings .")
    with pytest.raises(CorpusError, match="no rules derive it"):
        village.agreement("the dogs sleeps .")


@pytest.mark.parametrize("read", [village.agreement, village.pronouns, village.tagged])
@pytest.mark.parametrize("line", ["", " ", "\n"])
def test_an_empty_line_is_not_of_the_language(read, line):
    with pytest.raises(CorpusError, match="no rules derive it: "):
        read(line)
    assert village.log_probability(line) == -math.inf


def facts_of(line):
    words = line.split()
    return [
        (words[f.subject_index], f.verb, f.number, f.distance, f.attractors, f.contrast)
        for f in village.agreement(line)
    ]


def test_agreement_side_by_side():
    assert facts_of("the dogs sleep .") == [("dogs", "sleep", "pl", 1, 0, "sleeps")]
    assert facts_of("alice is happy .") == [("alice", "is", "sg", 1, 0, "are")]


def test_agreement_across_a_phrase():
    # keys of the baker on the tables are: distance 4; baker is singular, an attractor.
    assert facts_of("the keys of the baker are rusty .") == [
        ("keys", "are", "pl", 4, 1, "is")
    ]
    assert facts_of(
        "the keys on the tables are rusty .".replace("tables", "table")
    ) == [("keys", "are", "pl", 4, 1, "is")]


def test_agreement_across_nested_phrases_and_clauses():
    line = "the dog near the cats that the baker feeds often sleeps ."
    #       0   1   2    3   4    5    6   7     8     9     10
    assert facts_of(line) == [
        ("baker", "feeds", "sg", 1, 0, "feed"),
        ("dog", "sleeps", "sg", 9, 1, "sleep"),
    ]
    line = "the cats that chase the dog near the barns sleep ."
    assert facts_of(line) == [
        ("cats", "chase", "pl", 2, 0, "chases"),
        ("cats", "sleep", "pl", 8, 1, "sleeps"),
    ]


def test_agreement_of_two_names_and_of_a_question():
    assert facts_of("alice and bob sing .") == [("bob", "sing", "pl", 1, 0, "sings")]
    line = "where are the keys of the baker ? they are on the table ."
    assert facts_of(line) == [("keys", "are", "pl", 2, 0, "is")]


def pronouns_of(line):
    words = line.split()
    return [
        (
            words[f.antecedent_index],
            f.pronoun,
            f.gender,
            f.distance,
            f.attractors,
            f.contrast,
        )
        for f in village.pronouns(line)
    ]


def test_pronouns_of_a_person_and_a_thing():
    # alice(0) she(6); pears(3) them(8): the pears are plural, nothing leads astray.
    assert pronouns_of("alice bought two pears . then she ate them .") == [
        ("alice", "she", "she", 6, 0, "he"),
        ("pears", "them", "they", 5, 0, "it"),
    ]


def test_pronouns_past_the_other_gender():
    line = "bob , the son of alice , bought the hat . but mary sang . then he wore it ."
    #       0   1 2   3   4  5     6 7      8   9   10 11 12  13   14 15  16 17  18
    assert pronouns_of(line) == [
        ("bob", "he", "he", 16, 2, "she"),
        ("hat", "it", "it", 9, 0, "them"),
    ]


def test_pronouns_of_two_persons():
    line = "alice met her brother at the mill . later she gave the bread to him ."
    #       0     1   2   3       4  5   6    7 8     9   10   11  12    13 14
    assert pronouns_of(line) == [
        ("alice", "her", "she", 2, 0, "his"),
        ("alice", "she", "she", 9, 1, "he"),
        ("brother", "him", "he", 11, 1, "her"),  # `she` stands between
    ]


def test_a_pronoun_answers_a_question():
    line = "where are the keys of the baker ? they are on the table ."
    # keys(3) they(8); the baker is singular, so it calls for `it`.
    assert pronouns_of(line) == [("keys", "they", "they", 5, 1, "it")]


def test_long_distances_and_attractors_occur_in_the_text():
    facts = [
        fact for line in village.lines(tokens=6_000) for fact in village.agreement(line)
    ]
    assert sum(fact.distance >= 5 for fact in facts) > 20
    assert sum(fact.attractors >= 1 for fact in facts) > 20
    assert {fact.number for fact in facts} == {"sg", "pl"}
    assert all(fact.contrast != fact.verb for fact in facts)
