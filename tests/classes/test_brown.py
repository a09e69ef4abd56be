"""Brown clustering: against mutual information from scratch, and on the village."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.classes import brown_classes
from keraslm.classes.brown import bigrams_of
from keraslm.classes.merging import Merging, information
from keraslm.text.corpus import Text
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm_datasets import village

WORDS = 12
TEXTS = st.lists(st.integers(0, WORDS - 1), min_size=2, max_size=90)


def test_information_by_hand():
    # bigrams a b, b a, a b: 3 in all; p(a b) = 2/3, p(b a) = 1/3
    # 2/3 log (2/3 / (2/3 2/3)) + 1/3 log (1/3 / (1/3 1/3))
    expected = 2 / 3 * np.log(3 / 2) + 1 / 3 * np.log(3)
    ids = np.array([0, 1, 0, 1])
    found = information(*bigrams_of(ids, 2), np.arange(2))
    assert found == pytest.approx(expected)


def losses(bigrams, merging, tokens):
    """Compute the loss of every pair from scratch."""
    slots = merging.slot_of_word
    told = information(*bigrams, slots)
    for one in merging.active:
        for two in merging.active:
            if one < two:
                merged = np.where(slots == two, one, slots)
                yield one, two, (told - information(*bigrams, merged)) * (tokens - 1)


@settings(deadline=None, max_examples=25)
@given(TEXTS, st.integers(2, 5))
def test_every_merge_is_the_best_of_all_pairs(text, number):
    ids = np.array(text)
    counts = np.bincount(ids, minlength=WORDS)
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    bigrams = bigrams_of(ids, WORDS)
    merging = Merging(bigrams, order, min(number, len(order)), WORDS)
    to_come = order[number:].tolist()
    while to_come or len(merging.active) > 1:
        if to_come:
            merging.add(to_come.pop(0))
        found = merging.own - merging.shared
        expected = list(losses(bigrams, merging, len(ids)))
        for one, two, loss in expected:
            assert found[one, two] == pytest.approx(loss, abs=1e-7)
        kept, gone = merging.merge_best()
        pair = (min(kept, gone), max(kept, gone))
        lost = next(loss for one, two, loss in expected if (one, two) == pair)
        assert lost == pytest.approx(min(loss for *_, loss in expected), abs=1e-7)


@settings(deadline=None, max_examples=25)
@given(TEXTS, st.integers(1, 14))
def test_the_paths_are_those_of_a_tree(text, number):
    ids = np.array(text)
    found = brown_classes(ids, WORDS, number)
    occur = np.bincount(ids, minlength=WORDS) > 0
    assert np.array_equal(found.classes >= 0, occur)
    assert len(found.paths) == min(number, occur.sum())
    assert {*found.classes[occur]} == {*range(len(found.paths))}
    if len(found.paths) > 1:  # Kraft: the leaves of a whole binary tree
        assert sum(2.0 ** -len(path) for path in found.paths) == 1
    in_order = sorted(found.paths)
    assert not any(b.startswith(a) for a, b in itertools.pairwise(in_order))
    from_scratch = information(*bigrams_of(ids, WORDS), found.classes)
    assert found.information == pytest.approx(from_scratch, abs=1e-9)


@pytest.fixture(scope="module")
def clustered():
    """Give the classes of the village's words and those of its grammar."""
    text = Text.from_string(village.text())
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    words = encoder.vocabulary.tokens
    found = brown_classes(ids, len(words), 100).classes
    known = [number for number, word in enumerate(words) if word in village.words()]
    return found[known], [village.word_class(words[number]) for number in known]


def purity(classes, kinds):
    """Give the share of the words that are of their class's commonest kind."""
    together: dict = {}
    for group, kind in zip(classes.tolist(), kinds, strict=True):
        together.setdefault(group, []).append(kind)
    right = sum(max(map(row.count, row)) for row in together.values())
    return right / len(kinds)


def test_the_classes_of_the_village_are_those_of_its_grammar(clustered):
    classes, kinds = clustered
    assert len({*kinds}) > 60
    assert purity(classes, kinds) > 0.75
    shuffled = np.random.default_rng(0).permutation(classes)
    assert purity(shuffled, kinds) < 0.5
