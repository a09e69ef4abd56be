"""The sampled softmax: by hand, and against the full softmax that it comes to."""

import numpy as np
import pytest
from keraslm.training.carried import CarriedModel
from keraslm.training.sampled import SampledSoftmax

from keraslm.models import RecurrentModel
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration

UNITS, WORDS = 3, 5
HIDDEN = np.random.default_rng(0).normal(size=(2, 4, UNITS)).astype("float32")
TARGETS = np.array([[0, 1, 2, 3], [4, 4, 1, 0]])


def network(**more):
    model = RecurrentModel(WORDS, units=UNITS, layers=1, embedding=UNITS, **more)
    model.build_weights()
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def full_nats(model, targets=TARGETS):
    logits = np.asarray(model.logits(HIDDEN))
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]


def test_two_words_by_hand():
    model = network()
    # ids 0 0 1: counts + 1 are 3, 2, 1, 1, 1; to the power 3/4
    sampled = SampledSoftmax(np.array([0, 0, 1]), WORDS, samples=2, seed=0)
    q = np.array([3.0, 2, 1, 1, 1]) ** 0.75
    q /= q.sum()
    scores = np.exp(np.asarray(model.logits(HIDDEN)))
    found = np.asarray(sampled.nats(model, HIDDEN, TARGETS, np.array([1, 3])))
    for row, column in np.ndindex(2, 4):
        y = TARGETS[row, column]
        others = [w for w in (1, 3) if w != y]  # a drawn target counts once
        own = scores[row, column, y] / min(1, 2 * q[y])
        z = own + (scores[row, column, others] / (2 * q[others])).sum()
        expected = np.log(z) - np.log(own)
        assert found[row, column] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("options", [{}, {"tied": True}])
def test_many_words_give_the_loss_of_the_full_softmax(options):
    model = network(**options)
    ids = np.arange(WORDS).repeat([9, 1, 4, 2, 4])
    sampled = SampledSoftmax(ids, WORDS, samples=200_000, seed=0)
    found = np.asarray(sampled.nats(model, HIDDEN, TARGETS, sampled.draw(0, 0)))
    # Z is a mean of 200,000 draws: its error is below 1% by far
    np.testing.assert_allclose(found, full_nats(model), atol=0.02)


def test_words_are_drawn_by_their_frequency_and_again_the_same():
    ids = np.arange(4).repeat([799, 99, 0, 99])
    sampled = SampledSoftmax(ids, 4, samples=100_000, seed=5)
    drawn = sampled.draw(3, 1)
    assert np.array_equal(drawn, sampled.draw(3, 1))
    assert not np.array_equal(drawn, sampled.draw(4, 1))
    assert not np.array_equal(drawn, sampled.draw(3, 2))
    share = np.bincount(drawn, minlength=4) / len(drawn)
    q = np.array([800.0, 100, 1, 100]) ** 0.75
    np.testing.assert_allclose(share, q / q.sum(), atol=0.005)


def test_training_on_some_of_the_words_lowers_the_loss_of_all():
    model = network()
    ids = np.array([[1, 2, 3, 4, 1, 2, 3, 4]])
    targets = np.roll(ids, -1)
    sampled = SampledSoftmax(ids[0], WORDS, samples=3, seed=0)
    carried = CarriedModel(model, 1, 8, sampled=sampled)
    c = Configuration(learning_rate=0.05)
    carried.compile(optimizer=new_optimizer(c), jit_compile=False)

    def nats():
        logits = np.asarray(model(ids), np.float64)
        log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return -np.take_along_axis(log_p, targets[..., None], -1).mean()

    before = nats()
    for step in range(60):
        inputs = {"ids": ids, "drawn": sampled.draw(step, 0)}
        carried.train_on_batch(inputs, targets, np.ones((1, 8), "float32"))
    assert nats() < before / 3
