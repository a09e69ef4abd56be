"""Vectors of the village: words of a kind lie together, and a seed decides."""

import functools
import sys

import numpy as np
import pytest

from keraslm.errors import CorpusError, TrainingError, UsageError
from keraslm.text import TextEncoder, tokenizer_named
from keraslm.vectors.by_example import loop
from keraslm.vectors.neighbours import neighbours
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.training import train_vectors
from keraslm_datasets import village

METHODS = ("skip-gram", "cbow", "glove")


@functools.cache
def encoded(tokens):
    return TextEncoder.learn(tokenizer_named("word"), village.text("train", tokens))


def trained(tokens, **options):
    encoder, ids = encoded(tokens)
    return train_vectors(encoder.vocabulary, ids, VectorOptions(**options))


def share_of_animals(vectors, number=5):
    """Give the share of animals among the nearest words of all animals."""
    animals = [w for w in vectors.words if village_class(w) == "noun animal"]
    near = [n.word for w in animals for n in neighbours(vectors, w, number)]
    return np.mean([village_class(word) == "noun animal" for word in near])


def village_class(word):
    return "" if word == "<unk>" else village.word_class(word)


# Of the village's words 5% are animals, so that chance gives 0.05.
@pytest.mark.parametrize(
    "options",
    [
        {"method": "skip-gram", "learning_rate": 0.05},
        {"method": "cbow", "learning_rate": 0.2},
    ],
    ids=METHODS[:2],
)
def test_the_neighbours_of_an_animal_are_animals(way, options):
    vectors = trained(100_000, width=32, **options)
    assert share_of_animals(vectors) >= 0.9


def test_the_neighbours_of_an_animal_are_animals_in_glove_too():
    vectors = trained(100_000, width=32, method="glove", epochs=15, learning_rate=0.5)
    assert share_of_animals(vectors) >= 0.5


@pytest.mark.parametrize("softmax", ["sampled", "full"])
@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_vectors(way, method, softmax):
    options = {"method": method, "softmax": softmax, "width": 8, "epochs": 1}
    one, same, other = (trained(3000, seed=seed, **options) for seed in (1, 1, 2))
    assert one.matrix.tobytes() == same.matrix.tobytes()
    assert np.abs(one.matrix - other.matrix).max() > 0


def test_every_word_has_a_vector_and_the_line_s_end_has_none():
    encoder, ids = encoded(3000)
    vectors = trained(3000, width=4, epochs=1)
    expected = {encoder.vocabulary.token(i) for i in np.unique(ids).tolist()}
    assert {*vectors.words} == expected - {"</s>"}
    counts = [encoder.vocabulary.counts[encoder.vocabulary[w]] for w in vectors.words]
    assert counts == sorted(counts, reverse=True)


def test_rare_words_share_the_vector_of_the_unknown():
    tokenizer = tokenizer_named("word")
    encoder, ids = TextEncoder.learn(tokenizer, "a b a b c\nd a b\n", min_count=2)
    vectors = train_vectors(encoder.vocabulary, ids, VectorOptions(width=2))
    assert vectors.words == ("<unk>", "a", "b")


@pytest.mark.parametrize("method", METHODS)
def test_a_run_that_explodes_ends_with_a_line(method):
    with pytest.raises(TrainingError, match="give a lower learning rate"):
        trained(3000, method=method, width=4, epochs=20, learning_rate=1e20)


def test_progress_reaches_the_end(way):
    told = []
    encoder, ids = encoded(3000)
    options = VectorOptions(width=2, epochs=2)
    train_vectors(encoder.vocabulary, ids, options, lambda *done: told.append(done))
    assert told == sorted(told)
    assert {total for _, total in told} == {2 * len(ids)}
    assert told[-1][0] > 1.5 * len(ids)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", ["a\n", "a\nb\nc\n", "a a a\n"])
def test_words_that_stand_alone_have_nothing_to_learn_from(method, text):
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    with pytest.raises(CorpusError, match="different words"):
        train_vectors(encoder.vocabulary, ids, VectorOptions(method))


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ({"method": "lsa"}, "`method` must be one of glove, cbow, skip-gram"),
        ({"softmax": "none"}, "`softmax` must be one of sampled, full"),
        ({"width": 0}, "`width` must be 1 or more; received 0"),
        ({"epochs": 0}, "`epochs` must be 1 or more"),
        ({"window": 1001}, "`window` must be from 1 to 1000; received 1001"),
        ({"negatives": 0}, "`negatives` must be 1 or more"),
        ({"learning_rate": 0.0}, "`learning_rate` must be above 0"),
        ({"learning_rate": float("nan")}, "`learning_rate` must be above 0"),
        ({"subsample": -1e-3}, "`subsample` must be 0 or more"),
        ({"seed": -1}, "`seed` must be from 0"),
    ],
)
def test_an_option_that_cannot_be_is_refused(option, reason):
    with pytest.raises(UsageError, match=reason):
        VectorOptions(**option)


def test_a_long_text_is_told_which_extra_makes_it_quicker(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr("keraslm.vectors.by_example.loop", loop.__wrapped__)
    assert notes(long=3000 * 5) == [
        "the extra 'fast' trains vectors quicker: pip install 'keraslm[fast]'"
    ]
    assert notes(long=3000 * 5 + 1) == []


def notes(long):
    """Train on 3000 tokens five times, and give what is noted."""
    found = []
    encoder, ids = encoded(3000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("keraslm.vectors.word2vec.LONG", long)
        options = VectorOptions(width=2)
        train_vectors(encoder.vocabulary, ids[:3000], options, note=found.append)
    return found
