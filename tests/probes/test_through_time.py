"""The steps' contributions: each by finite differences, their sum, and truncated."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.probes import contributions, gradient

STEP = 1e-5  # of finite differences, in 64 bits


def gradients(network, ids, last=None, start=0, states=None):
    """Differentiate the mean loss by each layer's U, as in training.

    Only the loss of step `last` counts, if it is given; only from `start` on is the
    network differentiated, from `states`.
    """
    inputs = np.array([[1, *ids[:-1]]])[:, start:]
    recurrent = [layer.cell_weights[1] for layer in network.recurrent]

    def loss(values):
        with keras.StatelessScope(zip(recurrent, values, strict=True)):
            begin = network.initial_states(1) if states is None else states
            logits, _ = network.step(inputs, begin)
        targets = ids[None, start:]
        nats = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        return ops.mean(nats) if last is None else nats[0, last - start]

    return gradient(loss, [variable.value for variable in recurrent])


def close(found, expected, rtol=1e-5):
    assert np.linalg.norm(found - expected) <= rtol * np.linalg.norm(expected)


@pytest.mark.backends
def test_the_contributions_sum_to_the_gradient(network, ids):
    found = contributions(network, ids)
    for layer, expected in zip(found, gradients(network, ids), strict=True):
        close(layer.gradient(), expected)
        close(layer.of_steps().sum(axis=0), expected)


def test_each_is_what_the_use_at_its_step_adds(network, ids, reference):
    """U is changed at one step alone, in one direction."""
    losses = reference(network).losses
    for number, layer in enumerate(contributions(network, ids)):
        direction = np.random.default_rng(3).normal(size=layer.gradient().shape)
        for step, found in enumerate(layer.of_steps()):
            more = losses(ids, to_weight=(step, number, STEP * direction)).mean()
            less = losses(ids, to_weight=(step, number, -STEP * direction)).mean()
            expected = (more - less) / (2 * STEP)
            assert np.sum(found * direction) == pytest.approx(expected, 1e-3, 1e-6)


def test_truncated_is_the_gradient_from_a_state_held_fixed(build, ids):
    network, reach = build("lstm"), 3
    expected = []
    for last in range(len(ids)):
        start = max(last + 1 - reach, 0)
        states = network.initial_states(1)
        if start:
            read = np.array([[1, *ids[: start - 1]]])
            states = [ops.stop_gradient(s) for s in network.step(read, states)[1]]
        expected.append(gradients(network, ids, last, start, states))
    for number, layer in enumerate(contributions(network, ids)):
        mean = np.mean([by_layer[number] for by_layer in expected], axis=0)
        close(layer.truncated(reach), mean)


def test_truncated_from_nothing_to_all(build, ids):
    layer, _ = contributions(build("gru"), ids)
    assert not layer.truncated(0).any()
    close(layer.truncated(len(ids)), layer.gradient(), rtol=1e-12)
    assert np.linalg.norm(layer.truncated(2) - layer.gradient()) > 1e-3


def test_the_norms_of_one_unit_by_hand(one_unit):
    # W = 0 and b = 0.5493, where tanh(b) = 0.5 and tanh' = 1 - 0.5^2 = 0.75. With
    # U = 0, h_t = 0.5 at every step and h_0 = 0, and no loss reaches back further than
    # the use of U at its own step. All logits are 0, so that dJ/dh = -2.5 for token 2:
    # dJ_t/dU |_(t) = h_{t-1} 0.75 (-2.5) = -0.9375, and 0 at t = 1
    biases = {"bias": np.arctanh(0.5), "output_bias": [0, 0, -1.5, 0.5]}
    network = one_unit("tanh", inputs=0, recurrent=0, **biases)
    (layer,) = contributions(network, [2, 2, 2])
    expected = [[0, 0, 0], [0, 0.9375, 0], [0, 0, 0.9375]]
    np.testing.assert_allclose(layer.norms(), expected, rtol=1e-6)
    assert layer.norms().index.name == "loss at step"
    # the mean of three losses
    assert layer.gradient().item() == pytest.approx(-2 * 0.9375 / 3)


def test_what_is_refused(build):
    with pytest.raises(UsageError, match="at most 200 tokens; received 201"):
        contributions(build("rnn"), [2] * 201)
    with pytest.raises(UsageError, match="steps must be 0 or more; received -1"):
        contributions(build("rnn"), [2])[0].truncated(-1)
