"""The loss of a window, the state it leaves to the next, and the gradient's norm."""

import math

import keras
import numpy as np
import pytest
from keraslm.models.build import build
from keraslm.training.carried import CarriedModel

from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration

SMALL = {"embedding": 4, "units": 5, "layers": 2, "dropout": 0.0, "hidden": "6"}
VOCABULARY = 7


def carried(model, rows=1, vocabulary=VOCABULARY, full=1, **more):
    made = build(Configuration(model=model, **(SMALL | more)), vocabulary)
    return CarriedModel(made, rows, full)


def logistic(bias, full=1):
    """A bigram without a hidden layer whose weights are 0, so that its bias speaks."""
    options = {"input": "one-hot", "hidden": "none", "full": full}
    model = carried("bigram", vocabulary=len(bias), **options)
    kernel = np.zeros((len(bias), len(bias)), "float32")
    model.model.set_weights([kernel, np.array(bias, "float32")])
    return model


def compiled(model, **options):
    c = Configuration(learning_rate=1.0, optimizer="sgd", **options)
    model.compile(optimizer=new_optimizer(c), jit_compile=False, run_eagerly=True)
    return model


def step(model, ids, targets, weights):
    data = {"ids": np.array([ids])}, np.array([targets]), np.array([weights], "float32")
    return float(model.train_on_batch(*data, return_dict=True)["loss"])


def test_the_loss_divides_by_a_full_step_and_the_nats_are_of_what_is_no_padding():
    model = compiled(logistic(np.log([0.5, 0.25, 0.25]), full=4))
    loss = step(model, [1, 0, 1, 1], [0, 1, 1, 2], [1, 1, 0, 0])
    # -(log 1/2 + log 1/4) / 4 = (log 2 + 2 log 2) / 4
    assert loss == pytest.approx(0.75 * math.log(2), rel=1e-6)
    nats, tokens = model.nats_and_tokens
    assert (nats, tokens) == (pytest.approx(3 * math.log(2), rel=1e-6), 2)


@pytest.mark.parametrize("model", ["bigram", "neural-ngram", "rnn", "gru", "lstm"])
def test_a_tokens_gradient_is_the_same_beside_padding(model):
    moved = []
    for padding in (0, 3):
        keras.utils.set_random_seed(0)
        window = compiled(carried(model, full=4), clip_norm=0)
        before = window.model.get_weights()
        zeros = [0] * padding
        step(window, [1, 3, *zeros], [3, 2, *zeros], [1, 1, *zeros])
        pairs = zip(before, window.model.get_weights(), strict=True)
        moved.append([after - start for start, after in pairs])
    for one, two in zip(*moved, strict=True):
        assert np.abs(one).max() > 0
        np.testing.assert_allclose(one, two, atol=1e-6)


def test_what_is_told_is_of_the_last_step():
    model = logistic([0.0, 0.0])
    logits = np.zeros((1, 3, 2), "float32")
    for weights, tokens in (([1, 1, 1], 3), ([1, 0, 0], 1), ([0, 0, 0], 0)):
        given = np.array([weights], "float32")
        model.compute_loss(y=np.zeros((1, 3)), y_pred=logits, sample_weight=given)
        expected = pytest.approx(tokens * math.log(2), rel=1e-6)
        assert model.nats_and_tokens == (expected, tokens)
        model.measured.reset_state()  # as Keras does before each step
        assert model.nats_and_tokens == (expected, tokens)


@pytest.mark.parametrize(
    ("clipping", "moved"),
    [
        ({"clip_norm": 0}, math.sqrt(12) / 3),
        ({"clip_norm": 0.5}, 0.5),
        ({"clip_norm": 2.0}, math.sqrt(12) / 3),  # it was below
        # entries +-1/4 and 1/4: six of them
        ({"clip_value": 0.25}, math.sqrt(6) / 4),
    ],
)
def test_the_norm_is_told_as_it_was_before_clipping(clipping, moved):
    model = compiled(logistic([0.0, 0.0, 0.0]), **clipping)
    before = model.model.get_weights()
    step(model, [1], [2], [1])
    # p = 1/3 each; the gradient of a row of W and of the bias is (1/3, 1/3, -2/3):
    # |g|^2 = 2 (1 + 1 + 4) / 9 = 12 / 9
    norm = float(model.optimizer.gradient_norm)
    assert norm == pytest.approx(math.sqrt(12) / 3, rel=1e-6)
    pairs = zip(before, model.model.get_weights(), strict=True)
    change = math.sqrt(sum(np.sum((a - b) ** 2) for a, b in pairs))
    assert change == pytest.approx(moved, rel=1e-5)  # with a learning rate of 1


def test_a_word_that_stands_twice_is_clipped_as_one_row_of_the_gradient():
    model = compiled(carried("lstm", full=4), clip_norm=0.01)
    before = model.model.get_weights()
    step(model, [1, 1, 1, 1], [2, 2, 2, 2], [1, 1, 1, 1])
    assert float(model.optimizer.gradient_norm) > 0.01
    pairs = zip(before, model.model.get_weights(), strict=True)
    change = math.sqrt(sum(np.sum((a - b) ** 2) for a, b in pairs))
    assert change == pytest.approx(0.01, rel=1e-4)  # with a learning rate of 1


IDS = np.array([[1, 3, 2, 5, 6, 1, 4, 2], [1, 2, 2, 3, 4, 5, 6, 1]])


@pytest.mark.parametrize(
    "model", ["bigram", "trigram", "neural-ngram", "rnn", "gru", "lstm"]
)
def test_windows_that_continue_are_one_long_window(model):
    window = carried(model, rows=2)
    whole = np.asarray(window.model(IDS))
    for _ in range(2):
        parts = [
            window({"ids": part}, training=True)
            for part in np.split(IDS, [3, 4], axis=1)
        ]
        assert np.concatenate(parts, axis=1) == pytest.approx(whole, abs=1e-5)
        window.forget()


@pytest.mark.parametrize("model", ["trigram", "neural-ngram", "lstm"])
def test_windows_may_be_read_in_part(model):
    window = carried(model, rows=2)
    whole = np.asarray(window.model(IDS))
    first = {"ids": IDS[:, :5], "length": np.array([3, 3])}  # two of padding
    parts = [
        np.asarray(window(first, training=True))[:, :3],
        np.asarray(window({"ids": IDS[:, 3:]}, training=True)),
    ]
    assert np.concatenate(parts, axis=1) == pytest.approx(whole, abs=1e-5)


def test_a_state_that_is_not_carried_starts_every_window_like_a_text():
    made = carried("lstm").model
    window = CarriedModel(made, 2, 6, carries=False)
    for part in np.split(IDS, [3], axis=1):
        alone = np.asarray(made(part))
        assert np.asarray(window({"ids": part}, training=True)) == pytest.approx(
            alone, abs=1e-6
        )


def test_a_look_outside_of_training_moves_no_state():
    window = carried("lstm", rows=2)
    first = np.asarray(window({"ids": IDS}))
    assert np.asarray(window({"ids": IDS})) == pytest.approx(first)
    window({"ids": IDS}, training=True)
    assert np.abs(np.asarray(window({"ids": IDS})) - first).max() > 1e-4


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam", "adamw"])
def test_every_optimizer_lowers_the_loss(optimizer):
    model = logistic([0.0, 0.0, 0.0])
    c = Configuration(learning_rate=0.1, optimizer=optimizer, weight_decay=0.01)
    model.compile(optimizer=new_optimizer(c), run_eagerly=True)
    losses = []
    for _ in range(5):
        step(model, [1, 2], [2, 1], [1, 1])
        losses.append(model.nats_and_tokens[0] / 2)
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < math.log(3)


def test_adamw_shrinks_weights_by_the_rate_times_the_decay():
    c = Configuration(optimizer="adamw", learning_rate=0.1, weight_decay=0.5)
    optimizer, weight = new_optimizer(c), keras.Variable([2.0, -4.0])
    optimizer.build([weight])
    optimizer.apply([keras.ops.zeros(2)], [weight])
    # w (1 - 0.1 x 0.5), and Adam's own step is 0 where the gradient is
    assert np.asarray(weight) == pytest.approx([1.9, -3.8])
