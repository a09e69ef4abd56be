"""A corpus of a few words, counted by hand, and a model the slow and obvious way."""

import collections
import math

import numpy as np
import pytest

from keraslm.counts.additive import Additive
from keraslm.counts.model import NgramModel
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

TEXT = "a b a b\na c\n"


def make_encoder(text, level="word"):
    tokenizer = tokenizer_named(level)
    return TextEncoder(tokenizer, Vocabulary.build(tokenizer.count([text]), level))


@pytest.fixture
def encoder():
    # <unk> = 0, </s> = 1, a = 2 (3 times), b = 3 (twice), c = 4 (once): V = 5
    return make_encoder(TEXT)


@pytest.fixture
def train(encoder):
    def train(order, delta=1.0, text=TEXT, **settings):
        settings.setdefault("smoothing", Additive(delta))
        return NgramModel.train(encoder, encoder.encode(text), order, **settings)

    return train


class Naive:
    """Additive smoothing with dictionaries of tuples, one token after another."""

    def __init__(self, ids, size, order, delta):
        self.size, self.order, self.delta = size, order, delta
        self.counts = collections.Counter()
        self.totals = collections.Counter()
        for history, word in self.walk(ids):
            self.counts[history, word] += 1
            self.totals[history] += 1

    def walk(self, ids):
        line = [1]
        for word in ids:
            yield tuple(line[max(len(line) - self.order + 1, 0) :]), word
            line = [1] if word == 1 else [*line, word]

    def probability(self, history, word):
        if self.totals[history] == 0 and self.delta == 0:
            return 1 / self.size
        count = self.counts[history, word] + self.delta
        return count / (self.totals[history] + self.delta * self.size)

    def log_probabilities(self, ids):
        probabilities = [self.probability(*pair) for pair in self.walk(ids)]
        return np.array([math.log(p) if p else -math.inf for p in probabilities])


@pytest.fixture(scope="session")
def naive():
    return Naive
