"""Training, in both ways, against plain word2vec written out in full."""

import functools

import numpy as np
import pytest

from keraslm.text import TextEncoder, tokenizer_named
from keraslm.vectors.neighbours import neighbours
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.training import train_vectors
from keraslm.vectors.windows import keep_probabilities

TYPES = {"four": 4, "digits": 10, "words": 200}
WIDTH = 20


@functools.cache
def text(name, tokens=3000):
    """Draw lines of 20 words; of `words`, half come from one of four topics."""
    rng, types = np.random.default_rng(7), TYPES[name]
    share = 1 / np.arange(1, types + 1) if name == "words" else np.ones(types)
    topic = np.arange(types) % 4
    lines = []
    for _ in range(tokens // 20):
        own = np.where(topic == rng.integers(4), 9.0, 1.0) if types > 10 else 1.0
        weights = share * own
        lines.append(rng.choice(types, 20, p=weights / weights.sum()).tolist())
    return "".join(" ".join(f"w{i}" for i in line) + "\n" for line in lines)


def plain_word2vec(text, method, window, negatives, rate, subsample, epochs, seed=0):
    """Give the vectors by the two lines of `sequence.py`, one example after another."""
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    end, words = encoder.vocabulary.boundary_id, len(encoder.vocabulary)
    counts = np.bincount(ids, minlength=words) * (np.arange(words) != end)
    below = np.cumsum(counts**0.75)
    rng = np.random.default_rng(seed)
    table = rng.uniform(-1 / WIDTH, 1 / WIDTH, (words, WIDTH))
    outputs = np.zeros_like(table)
    keep = keep_probabilities(counts, subsample)
    for epoch in range(epochs):
        lines = np.cumsum(ids == end)
        kept = np.flatnonzero((rng.random(len(ids)) < keep[ids]) & (ids != end))
        for n, place in enumerate(kept):
            r = rate * (1 - (epoch + place / len(ids)) / epochs)
            reach = rng.integers(1, window + 1)
            near = [*kept[max(n - reach, 0) : n], *kept[n + 1 : n + reach + 1]]
            context = ids[[i for i in near if lines[i] == lines[place]]]
            bags = [context] if method == "cbow" else context[:, None]
            for bag in [bag for bag in bags if len(bag)]:
                noise = np.searchsorted(below, rng.random(negatives) * below[-1])
                hidden, change = table[bag].mean(axis=0), np.zeros(WIDTH)
                for word in [ids[place], *noise[noise != ids[place]]]:
                    chance = 1 / (1 + np.exp(-hidden @ outputs[word]))
                    step = r * ((word == ids[place]) - chance)
                    change += step * outputs[word]
                    outputs[word] += step * hidden
                np.add.at(table, bag, change)
    return table[np.flatnonzero(counts)]


def trained(text, method, window, negatives, rate, subsample, epochs, seed=0):
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), text)
    options = VectorOptions(
        method, WIDTH, window, epochs, rate, "sampled", negatives, subsample, seed
    )
    return train_vectors(encoder.vocabulary, ids, options).matrix


def norm(vectors):
    return np.median(np.linalg.norm(vectors, axis=1))


SETTINGS = {
    "skip-gram": ("digits", "skip-gram", 5, 5, 0.025, 1e-3, 20),
    "no sub-sampling": ("digits", "skip-gram", 5, 5, 0.025, 0, 1),
    "four types": ("four", "skip-gram", 5, 5, 0.025, 0, 1),
    "20 negatives": ("digits", "skip-gram", 2, 20, 0.025, 1e-2, 2),
    "ten times the rate": ("digits", "skip-gram", 5, 5, 0.25, 1e-2, 3),
    "window of 20": ("four", "skip-gram", 20, 5, 0.025, 1e-2, 2),
    "cbow": ("digits", "cbow", 5, 5, 0.025, 0, 3),
    "cbow, four types": ("four", "cbow", 5, 20, 0.1, 0, 1),
    "many types": ("words", "skip-gram", 5, 5, 0.1, 0, 1),
    "many types, cbow": ("words", "cbow", 5, 5, 0.1, 0, 3),
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS.keys())
def test_vectors_are_as_long_as_those_of_plain_word2vec(way, setting):
    name, *options = setting
    plain = plain_word2vec(text(name), *options)
    ours = trained(text(name), *options)
    assert 0.7 < norm(ours) / norm(plain) < 1.4
    assert 0.6 < np.abs(ours).max() / np.abs(plain).max() < 1.6


def test_neighbours_are_those_of_plain_word2vec(way):
    options = ("skip-gram", 5, 5, 0.1, 0, 1)
    one, other = (trained(text("words"), *options, seed=seed) for seed in (0, 1))
    plain = plain_word2vec(text("words"), *options)
    assert overlap(one, plain) >= overlap(one, other) - 0.1
    assert overlap(one, plain) > 0.2  # by chance: 10 of 199, 0.05


def overlap(one, other):
    """Give the share of the ten nearest words that two tables agree on."""
    pairs = zip(nearest(one), nearest(other), strict=True)
    return np.mean([len(set(a) & set(b)) / 10 for a, b in pairs])


def nearest(vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -1)
    return np.argsort(-cosines, axis=1)[:, :10].tolist()


@pytest.mark.parametrize("epochs", [1, 40])
@pytest.mark.parametrize("method", ["skip-gram", "cbow"])
def test_a_text_of_less_than_one_block_is_learnt_from(way, method, epochs):
    lines = "a b a b a b\nc d c d c d\n" * 2  # 24 words
    options = (lines, method, 2, 2, 0.5, 0)
    starts = [trained(lines, method, 2, 2, 1e-9, 0, 1, seed) for seed in range(9)]
    moved = [
        [
            np.abs(train(*options, epochs, seed) - start).max()
            for seed, start in enumerate(starts)
        ]
        for train in (plain_word2vec, trained)
    ]
    plain, ours = np.mean(moved, axis=1)
    assert 0.7 < ours / plain < 1.4
    assert ours > 0.01


def test_words_that_stand_together_in_a_text_of_less_than_one_block_are_near(way):
    lines = "a b a b a b\nc d c d c d\n" * 2
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), lines)
    options = VectorOptions("skip-gram", WIDTH, 2, 40, 0.5, "sampled", 2, 0)
    vectors = train_vectors(encoder.vocabulary, ids, options)
    for word, other in ("ab", "ba", "cd", "dc"):
        assert neighbours(vectors, word, 1)[0].word == other


@pytest.mark.parametrize("method", ["skip-gram", "cbow"])
def test_a_row_of_one_word_leaves_its_vector_short(way, method):
    # licences draw lines with dashes: one pair fills whole blocks
    lines = "a b c d e f\n" * 20 + "- " * 60 + "\n" + "f e d c b a\n" * 20
    plain = plain_word2vec(lines, method, 5, 5, 0.025, 0, 5)
    ours = trained(lines, method, 5, 5, 0.025, 0, 5)
    assert np.abs(ours).max() < 2 * np.abs(plain).max()
