"""Each step moves against the gradient of the loss that its docstring states."""

import numpy as np
import pytest

from keraslm.vectors.cbow import ContinuousBagOfWords
from keraslm.vectors.cooccurrence import Cooccurrences
from keraslm.vectors.full_softmax import FullSoftmax
from keraslm.vectors.glove import Glove
from keraslm.vectors.negative_sampling import NegativeSampling
from keraslm.vectors.skip_gram import SkipGram
from keraslm.vectors.windows import windows_of

WORDS, WIDTH, RATE = 6, 3, 1e-3
TEXT = np.array([2, 3, 2, 4, 1, 5, 2, 2, 3, 1, 4, 1])  # 1 ends a line
COUNTS = np.bincount(TEXT, minlength=WORDS) * (np.arange(WORDS) != 1)


def windows():
    """Give all windows of the text, which fit into one block."""
    rng = np.random.default_rng(3)
    (only,) = windows_of(TEXT, np.ones(WORDS), 1, 2, 1, rng)
    return only


def sampled(table):
    """Make the objective; the same noise is drawn each time."""
    return NegativeSampling(table, COUNTS, 5, np.random.default_rng(4))


def tables(*widths):
    rng = np.random.default_rng(5)
    return [rng.normal(0, 0.7, (WORDS, width)) for width in widths]


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


@pytest.mark.parametrize("model", [SkipGram, ContinuousBagOfWords])
@pytest.mark.parametrize("objective", [sampled, FullSoftmax])
def test_word2vec_follows_its_gradient(model, objective):
    seen = windows()
    inputs, outputs = tables(WIDTH, WIDTH)
    reader = model(inputs)

    def loss():
        return objective(outputs).loss(reader.hidden(seen), *reader.observed(seen))

    of_inputs, of_outputs = slopes(loss, inputs), slopes(loss, outputs)
    before = inputs.copy(), outputs.copy()
    hidden = reader.hidden(seen)
    gradient = objective(outputs).step(hidden, *reader.observed(seen), RATE)
    reader.step(seen, gradient, RATE)
    np.testing.assert_allclose((before[0] - inputs) / RATE, of_inputs, atol=1e-6)
    np.testing.assert_allclose((before[1] - outputs) / RATE, of_outputs, atol=1e-6)
    assert np.abs(of_inputs).max() > 0.1


def test_glove_follows_its_gradient():
    words, contexts = tables(WIDTH + 2, WIDTH + 2)
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
    # 1/2: 2 pairs x (1 observed + 5 of noise) x log 2
    ids = np.array([2, 3, 1])
    rng = np.random.default_rng(0)
    (seen,) = windows_of(ids, np.ones(4), 1, 1, 1, rng)
    reader = SkipGram(np.zeros((4, WIDTH)))
    objective = NegativeSampling(np.zeros((4, WIDTH)), np.bincount(ids), 5, rng)
    loss = objective.loss(reader.hidden(seen), *reader.observed(seen))
    assert loss == pytest.approx(2 * 6 * np.log(2))
    # the full softmax: 2 pairs x log of 4 words
    full = FullSoftmax(np.zeros((4, WIDTH)))
    loss = full.loss(reader.hidden(seen), *reader.observed(seen))
    assert loss == pytest.approx(2 * np.log(4))


def test_the_loss_of_glove_by_hand():
    # w c + b + b~ - log X = 2 x 3 + 0.5 + 0.25 - log 1 = 6.75;  f(1) = 0.01^0.75
    model = Glove(np.array([[2.0, 0.5, 1.0]]), np.array([[3.0, 1.0, 0.25]]))
    pairs = Cooccurrences(np.array([0]), np.array([0]), np.array([1.0]))
    assert model.loss(pairs) == pytest.approx(0.01**0.75 * 6.75**2 / 2)


def test_noise_is_drawn_by_the_counts_to_the_power_of_three_quarters():
    counts = np.array([0, 1, 16, 81])
    objective = NegativeSampling(np.zeros((4, 1)), counts, 5, np.random.default_rng(0))
    # 1^0.75 = 1, 16^0.75 = 8, 81^0.75 = 27: shares of 36
    columns, _ = objective.with_noise(np.zeros((2000, 0), int), np.zeros((2000, 1, 0)))
    shares = np.bincount(columns.reshape(-1)) / columns.size
    np.testing.assert_allclose(shares, [0, 1 / 36, 8 / 36, 27 / 36], atol=0.005)
