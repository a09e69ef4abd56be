"""Each step moves against the gradient of the loss that its docstring states."""

import numpy as np
import pytest

from keraslm.vectors.cbow import ContinuousBagOfWords
from keraslm.vectors.cooccurrence import Cooccurrences
from keraslm.vectors.full_softmax import FullSoftmax
from keraslm.vectors.glove import Glove
from keraslm.vectors.negative_sampling import NegativeSampling
from keraslm.vectors.sequence import follow
from keraslm.vectors.skip_gram import SkipGram
from keraslm.vectors.windows import kept_words, windows_of

WORDS, WIDTH, RATE = 6, 3, 1e-5
TEXT = np.array([2, 3, 2, 4, 1, 5, 2, 2, 3, 1, 4, 1])  # 1 ends a line
COUNTS = np.bincount(TEXT, minlength=WORDS) * (np.arange(WORDS) != 1)


def block_of(model, prediction):
    """Lay out all windows of the text, which fit into one block."""
    rng = np.random.default_rng(3)
    (kept,) = kept_words(TEXT, np.ones(WORDS), 1, 2, 100, rng)
    return model.blocks(windows_of(kept, rng), 100, prediction)


def sampled(words):
    return NegativeSampling(COUNTS, 5, np.random.default_rng(4))


def tables(*shapes):
    rng = np.random.default_rng(5)
    return [rng.normal(0, 0.7, shape) for shape in shapes]


def slopes(loss, table):
    """Give the central differences of a loss that reads the table."""
    found = np.zeros_like(table)
    for place in np.ndindex(*table.shape):
        value = table[place]
        table[place] = value + 1e-5
        above = loss()
        table[place] = value - 1e-5
        found[place] = (above - loss()) / 2e-5
        table[place] = value
    return found


@pytest.mark.parametrize("softmax", [sampled, FullSoftmax])
@pytest.mark.parametrize("model", [SkipGram, ContinuousBagOfWords])
def test_word2vec_follows_its_gradient(model, softmax):
    prediction = softmax(WORDS)
    block = block_of(model, prediction)
    shapes = [(*ids.shape, WIDTH) for ids in (block.inputs, block.targets)]
    words, vectors = tables(*shapes)
    inputs = model(block, words)

    def loss():
        return prediction.loss(block, vectors, inputs.hidden())

    of_vectors = slopes(loss, vectors)
    of_words = slopes(loss, words)
    if model is ContinuousBagOfWords:  # a word of n moves by all of dL/dh, not by 1/n
        of_words = block.bags.swapaxes(1, 2) @ slopes_of_hidden(
            prediction, block, vectors, inputs
        )
    before = words.copy(), vectors.copy()
    follow(inputs, vectors, block, prediction, RATE)
    # what the examples do to one another is of the order of the rate
    np.testing.assert_allclose((before[0] - words) / RATE, of_words, atol=2e-3)
    np.testing.assert_allclose((before[1] - vectors) / RATE, of_vectors, atol=2e-3)
    assert np.abs(of_words).max() > 0.1


def slopes_of_hidden(prediction, block, vectors, inputs):
    hidden = inputs.hidden()
    return slopes(lambda: prediction.loss(block, vectors, hidden), hidden)


def test_glove_follows_its_gradient():
    words, contexts = tables((WORDS, WIDTH + 2), (WORDS, WIDTH + 2))
    words[:, -1] = contexts[:, -2] = 1
    counts = np.array([2.5, 1.0, 400.0, 7.0])
    ids = np.array([2, 2, 3, 5]), np.array([3, 3, 2, 2])
    pairs = Cooccurrences(*ids, counts)
    model = Glove(words, contexts)
    of_words = slopes(lambda: model.loss(pairs), words)
    of_contexts = slopes(lambda: model.loss(pairs), contexts)
    of_words[:, -1] = of_contexts[:, -2] = 0  # the ones stay
    before = words.copy(), contexts.copy()
    model.step(pairs, RATE)
    # AdaGrad's first step is rate g / sqrt(1 + g^2)
    expected = [g / np.sqrt(1 + g**2) for g in (of_words, of_contexts)]
    np.testing.assert_allclose((before[0] - words) / RATE, expected[0], atol=1e-6)
    np.testing.assert_allclose((before[1] - contexts) / RATE, expected[1], atol=1e-6)
    assert np.abs(expected[0]).max() > 0.1


def test_the_loss_of_one_pair_by_hand():
    # "a b": each predicts the other. With E and V zero every score is 0, every s is
    # 1/2: 2 pairs x (1 observed + 5 of noise, of which half are the observed word
    # itself and dropped) x log 2
    ids, rng = np.array([2, 3, 1]), np.random.default_rng(0)
    (kept,) = kept_words(ids, np.ones(4), 1, 1, 2, rng)
    seen = windows_of(kept, rng)
    sampled = NegativeSampling(np.array([0, 0, 1, 1]), 5, rng)
    block = SkipGram.blocks(seen, 2, sampled)
    zeros = np.zeros((1, 2, WIDTH))
    vectors = np.zeros((*block.targets.shape, WIDTH))
    loss = sampled.loss(block, vectors, zeros)
    assert loss == pytest.approx(2 * (1 + 5 / 2) * np.log(2))
    # the full softmax: 2 pairs x log of 4 words
    full = FullSoftmax(4)
    block = SkipGram.blocks(seen, 2, full)
    loss = full.loss(block, np.zeros((1, 4, WIDTH)), zeros)
    assert loss == pytest.approx(2 * np.log(4))


def test_the_loss_of_glove_by_hand():
    # w c + b + b~ - log X = 2 x 3 + 0.5 + 0.25 - log 1 = 6.75;  f(1) = 0.01^0.75
    model = Glove(np.array([[2.0, 0.5, 1.0]]), np.array([[3.0, 1.0, 0.25]]))
    pairs = Cooccurrences(np.array([0]), np.array([0]), np.array([1.0]))
    assert model.loss(pairs) == pytest.approx(0.01**0.75 * 6.75**2 / 2)
