"""The sampled softmax: by hand, and against the full softmax that it comes to."""

import keras
import numpy as np
import pytest

from keraslm import models
from keraslm.losses import NextToken, SampledNextToken
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration

UNITS, WORDS = 3, 5
HIDDEN = np.random.default_rng(0).normal(size=(2, 4, UNITS)).astype("float32")
TARGETS = np.array([[0, 1, 2, 3], [4, 4, 1, 0]])


def network(**more):
    model = models.gru(WORDS, units=UNITS, embedding=UNITS, **more)
    rng = np.random.default_rng(1)
    drawn = [rng.normal(size=v.shape) for v in model.trainable_variables]
    for variable, value in zip(model.trainable_variables, drawn, strict=True):
        variable.assign(value)
    return model


def logits_of(model):
    columns, bias = model.output_weights(np.arange(WORDS))
    return HIDDEN @ keras.ops.convert_to_numpy(columns).T + np.asarray(bias)


def nats_of(logits, targets):
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]


def test_two_words_by_hand(monkeypatch):
    model = network()
    loss = SampledNextToken([2, 1, 0, 0, 0], samples=2, seed=0)
    monkeypatch.setattr(loss, "draw", lambda: keras.ops.array([1, 3]))
    # counts + 1 are 3, 2, 1, 1, 1; to the power 3/4
    q = np.array([3.0, 2, 1, 1, 1]) ** 0.75
    q /= q.sum()
    scores = np.exp(logits_of(model))
    found = np.asarray(loss.nats(model, HIDDEN, TARGETS))
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
    loss = SampledNextToken([9, 1, 4, 2, 4], samples=200_000, seed=0)
    found = np.asarray(loss.nats(model, HIDDEN, TARGETS))
    # Z is a mean of 200,000 draws: its error is below 1% by far
    np.testing.assert_allclose(found, nats_of(logits_of(model), TARGETS), atol=0.02)


def test_words_are_drawn_by_their_frequency_and_again_the_same():
    one, same, other = (
        SampledNextToken([799, 99, 0, 99], samples=100_000, seed=seed)
        for seed in (5, 5, 6)
    )
    first, second = (np.asarray(one.draw()) for _ in range(2))
    assert np.array_equal(first, np.asarray(same.draw()))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.asarray(other.draw()))
    share = np.bincount(first, minlength=4) / len(first)
    q = np.array([800.0, 100, 1, 100]) ** 0.75
    np.testing.assert_allclose(share, q / q.sum(), atol=0.005)


def test_training_on_some_of_the_words_lowers_the_loss_of_all():
    model = network()
    ids = np.array([[1, 2, 3, 4, 1, 2, 3, 4]])
    targets = np.roll(ids, -1)
    loss = SampledNextToken(np.bincount(ids[0], minlength=WORDS), samples=3, seed=0)
    optimizer = new_optimizer(Configuration(learning_rate=0.05))
    model.compile(optimizer, loss, jit_compile=False)

    def nats():
        return nats_of(np.asarray(model(ids), np.float64), targets).mean()

    before = nats()
    for _ in range(60):
        model.train_on_batch(ids, targets)
    assert nats() < before / 3
    model.compile(loss=NextToken())
    full = model.test_on_batch(ids, targets, return_dict=True)["loss"]
    assert float(full) == pytest.approx(nats(), rel=1e-5)
