"""compile, fit and evaluate are Keras's own; over Windows the state is carried."""

import csv

import keras
import numpy as np
import pytest
from keras import ops

import keraslm
from keraslm import models
from keraslm.errors import TrainingError
from keraslm.text import Text, TextEncoder

pytestmark = pytest.mark.backends

WORDS = "abba cabbed bead\ndeaf baa\nabe cede feed a bad cab\n" * 4
TEXT = Text.from_string(WORDS)
VALID = Text.from_string("a bad bead\ncab fed abe\n" * 3)
TOKENS = TextEncoder.fit(TEXT, level="char")
SIZE = len(TOKENS.vocabulary)
SMALL = {"embedding": 4, "units": 5}
ON_TORCH = keras.backend.backend() == "torch"


def new_lstm(**options):
    keras.utils.set_random_seed(1)
    return models.lstm(TOKENS, **SMALL, **options)


def windows(text=TEXT, rows=4, time=8, **how):
    return keraslm.Windows(text, TOKENS, rows, time, **how)


def array(tensor):
    return ops.convert_to_numpy(tensor)


def nats_of(model, data):
    """The nats of each step of a Windows, the state carried by hand, and weights."""
    states, found = model.initial_states(data.rows), []
    for ids, targets, weights in data:
        logits, states = model.step(ids, states)
        log_p = array(ops.log_softmax(logits))
        nats = -np.take_along_axis(log_p, targets[..., None], -1)[..., 0]
        found.append((nats * weights, weights))
    nats, weights = map(np.stack, zip(*found, strict=True))
    return nats, weights


def same(one, two, atol=0.0):
    for a, b in zip(one, two, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=atol)


class Steps(keras.callbacks.Callback):
    """Notes what is reported after each step."""

    def __init__(self):
        super().__init__()
        self.logs = []

    def on_train_batch_end(self, batch, logs=None):
        self.logs.append(dict(logs))


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("as_dataset", [False, True])
def test_windows_are_read_in_order_from_where_the_rows_are(shuffle, as_dataset):
    model, data = new_lstm(), windows()
    nats, weights = nats_of(model, data)
    if as_dataset and keras.backend.backend() != "tensorflow":
        pytest.skip("a tf.data.Dataset is TensorFlow's")
    given = data.tf_dataset() if as_dataset else data
    model.compile(keras.optimizers.SGD(0.0))
    steps = Steps()
    for _ in range(2):  # fit twice goes on with a fresh state
        model.fit(given, epochs=2, shuffle=shuffle, verbose=0, callbacks=[steps])
    # Keras reports the mean of the epoch's steps so far, and sums of nats and tokens
    in_order = np.arange(1, len(data) + 1)
    losses = np.cumsum(nats.mean((1, 2))) / in_order
    perplexities = np.exp(np.cumsum(nats.sum((1, 2))) / np.cumsum(weights.sum((1, 2))))
    for epoch in range(4):
        logs = steps.logs[epoch * len(data) :][: len(data)]
        same([log["loss"] for log in logs], losses, atol=1e-5)
        same([log["perplexity"] for log in logs], perplexities, atol=1e-3)
    # in another order, or without the state, it would be otherwise
    ids, targets, weights = rows_of(data)
    alone, _ = model.evaluate(ids, targets, sample_weight=weights, verbose=0)
    assert abs(alone - losses[-1]) > 1e-4


def rows_of(data):
    """All rows of all windows, as arrays, for which nothing is carried."""
    return [np.concatenate(part) for part in zip(*data, strict=True)]


def test_measuring_is_reading_the_text_in_one_piece():
    model, whole = new_lstm(), windows(rows=1, time=10_000)
    assert len(whole) == 1
    nats, _ = nats_of(model, whole)
    model.compile("adam")
    for time in (3, 8, 50):
        found = model.evaluate(windows(rows=1, time=time), verbose=0, return_dict=True)
        perplexity = np.exp(nats.mean())
        assert found["perplexity"] == pytest.approx(perplexity, rel=1e-5)
    assert model.perplexity(WORDS) == pytest.approx(perplexity, rel=1e-5)


def test_other_data_starts_each_row_at_the_beginning_of_a_text():
    model, data = new_lstm(), windows()
    ids, targets, weights = rows_of(data)
    log_p = array(ops.log_softmax(model(ids)))
    nats = -np.take_along_axis(log_p, targets[..., None], -1)[..., 0] * weights
    model.compile(keras.optimizers.SGD(0.0))
    for fitted in (
        model.fit(ids, targets, 4, sample_weight=weights, verbose=0).history,
        model.fit(windows(carried=False), verbose=0).history,
    ):
        assert fitted["loss"] == pytest.approx([nats.mean()], rel=1e-5)
        perplexity = np.exp(nats.sum() / weights.sum())
        assert fitted["perplexity"] == pytest.approx([perplexity], rel=1e-5)


def test_padding_of_the_last_window_counts_in_the_divisor_of_the_loss_alone():
    model, data = new_lstm(), windows()
    nats, weights = nats_of(model, data)
    assert 0 < weights[-1].sum() < data.rows * 8 / 2
    model.compile("adam")
    found = model.evaluate(data, verbose=0, return_dict=True)
    # batch x time is 4 x 8 = 32 tokens, in each step
    assert found["loss"] == pytest.approx(nats.sum() / (32 * len(data)), rel=1e-5)
    perplexity = np.exp(nats.sum() / weights.sum())
    assert found["perplexity"] == pytest.approx(perplexity, rel=1e-5)


def test_a_mask_of_the_network_s_own_leaves_padding_out():
    keras.utils.set_random_seed(1)
    network = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(SIZE, 4, mask_zero=True),
            keras.layers.Dense(SIZE),
        ]
    )
    model = keraslm.CausalLM(network, TOKENS)
    ids = np.array([[3, 4, 5, 0], [6, 0, 0, 0]])
    log_p = array(ops.log_softmax(model(ids)))
    nats = -np.take_along_axis(log_p, ids[..., None], -1)[..., 0][ids > 0]
    model.compile("adam")
    found = model.evaluate(ids, ids, verbose=0, return_dict=True)
    assert found["loss"] == pytest.approx(nats.sum() / 8, rel=1e-5)
    assert found["perplexity"] == pytest.approx(np.exp(nats.mean()), rel=1e-5)


class Evaluate(keras.callbacks.Callback):
    """Measures in mid-epoch, with another number of rows."""

    def __init__(self, steps):
        super().__init__()
        self.steps, self.found = steps, []

    def on_train_batch_end(self, batch, logs=None):
        if batch in self.steps:
            data = windows(VALID, rows=3, time=5)
            self.found.append(self.model.evaluate(data, verbose=0, return_dict=True))


@pytest.mark.parametrize("given", [{}, {"dropout": 0.2, "seed": 3}], ids=str)
def test_validation_leaves_training_as_it_is(given):
    histories, weights, sums, evaluate = [], [], [], Evaluate([1, 3])
    for callbacks, valid in (
        ([], None),
        ([], windows(VALID, rows=3, time=5)),
        ([evaluate], None),
    ):
        model = new_lstm(**given)
        model.compile(keras.optimizers.Adam(0.01))
        history = model.fit(
            windows(),
            validation_data=valid,
            epochs=2,
            verbose=0,
            callbacks=callbacks,
        ).history
        histories.append([history["loss"], history["perplexity"]])
        weights.append(model.get_weights())
        sums.append(model.nats_and_tokens)
    same(weights[0], weights[1])
    same(weights[0], weights[2])
    assert histories[1] == histories[0]
    assert len(evaluate.found) == 4
    assert sums[2] == sums[1] == sums[0]  # Keras's own metrics are those of both


class InTraining(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch == 2:
            raise KeyboardInterrupt


class InValidation(keras.callbacks.Callback):
    def on_test_batch_end(self, batch, logs=None):
        if batch == 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize("interrupt", [InTraining, InValidation])
def test_an_interrupt_keeps_what_was_trained(interrupt, tmp_path):
    model = new_lstm()
    before = model.get_weights()
    model.compile(keras.optimizers.Adam(0.01))
    valid = windows(VALID, rows=2, time=4)
    with pytest.raises(KeyboardInterrupt):
        model.fit(windows(), validation_data=valid, verbose=0, callbacks=[interrupt()])
    assert np.abs(model.get_weights()[0] - before[0]).max() > 1e-3
    assert np.isfinite(model.perplexity("bead\n"))
    model.save(tmp_path / "model.keras")
    again = keraslm.load(tmp_path / "model.keras")
    assert again.perplexity("bead\n") == pytest.approx(model.perplexity("bead\n"))
    history = model.fit(windows(), epochs=2, verbose=0).history
    assert history["loss"][1] < history["loss"][0]


def test_nan_ends_it_in_one_line_with_the_step():
    model = new_lstm()
    model.compile(keras.optimizers.SGD(np.nan))  # so it is in the second step
    with pytest.raises(TrainingError, match="became nan at step 2;") as ended:
        model.fit(windows(), verbose=0)
    assert "\n" not in str(ended.value)


SOFTMAXES = {
    "adaptive": {"softmax": "adaptive"},
    "classes": {"softmax": "classes"},
    "classes of features": {"softmax": "classes", "direct_order": 2, "bits": 8},
    "tied": {"tied": True},
}


@pytest.mark.parametrize("name", SOFTMAXES)
def test_every_softmax_has_the_loss_that_its_logits_have(name):
    model, data = new_lstm(**SOFTMAXES[name]), windows()
    nats, weights = nats_of(model, data)
    model.compile(keras.optimizers.SGD(0.0))
    history = model.fit(data, validation_data=data, verbose=0).history
    assert history["loss"] == pytest.approx([nats.mean()], rel=1e-4)
    assert history["val_loss"] == pytest.approx([nats.mean()], rel=1e-4)
    perplexity = np.exp(nats.sum() / weights.sum())
    assert history["perplexity"] == pytest.approx([perplexity], rel=1e-4)
    # a metric of Keras's own asks for the logits, and changes nothing else
    model.compile(keras.optimizers.SGD(0.0), weighted_metrics=["accuracy"])
    measured = model.fit(data, verbose=0).history
    assert measured["loss"] == pytest.approx([nats.mean()], rel=1e-4)
    assert measured["accuracy"] == pytest.approx([accuracy_of(model, data)], abs=1e-6)


def accuracy_of(model, data):
    states, right, tokens = model.initial_states(data.rows), 0.0, 0.0
    for ids, targets, weights in data:
        logits, states = model.step(ids, states)
        right += ((array(logits).argmax(-1) == targets) * weights).sum()
        tokens += weights.sum()
    return right / tokens


def test_a_sampled_softmax_is_measured_as_the_full_one():
    model, data = new_lstm(), windows()
    nats, weights = nats_of(model, data)
    loss = keraslm.losses.SampledNextToken(TOKENS.vocabulary.counts, 3, seed=1)
    model.compile(keras.optimizers.SGD(0.0), loss)
    history = model.fit(data, validation_data=data, epochs=3, verbose=0).history
    assert history["val_loss"] == pytest.approx([nats.mean()] * 3, rel=1e-5)
    perplexity = np.exp(nats.sum() / weights.sum())
    assert history["val_perplexity"] == pytest.approx([perplexity] * 3, rel=1e-5)
    assert all(np.isfinite(history["loss"]))
    assert len(set(history["loss"])) == 3  # other words are drawn
    model.compile(keras.optimizers.SGD(0.0), loss, weighted_metrics=["accuracy"])
    measured = model.fit(data, verbose=0).history["accuracy"]
    assert measured == pytest.approx([accuracy_of(model, data)], abs=1e-6)


def test_a_loss_of_keras_s_own_is_given_logits():
    model, data = new_lstm(), windows()
    nats, weights = nats_of(model, data)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.0), loss)
    found = model.fit(data, verbose=0).history
    assert found["loss"][0] == pytest.approx(nats.mean(), rel=1e-4)
    perplexity = np.exp(nats.sum() / weights.sum())
    assert found["perplexity"] == pytest.approx([perplexity], rel=1e-4)


def test_keras_s_callbacks_know_the_perplexity(tmp_path):
    model, best = new_lstm(), tmp_path / "best.keras"
    model.compile(keras.optimizers.SGD(0.5))
    # a learning rate at which it first gets better, then worse
    rates = keras.callbacks.LearningRateScheduler(
        lambda epoch: 0.5 if epoch < 2 else -20.0
    )
    callbacks = [
        rates,
        keras.callbacks.EarlyStopping("val_perplexity", patience=1),
        keras.callbacks.ModelCheckpoint(best, "val_perplexity", save_best_only=True),
        keras.callbacks.CSVLogger(tmp_path / "log.csv"),
        keras.callbacks.ReduceLROnPlateau("val_perplexity", patience=0, factor=0.1),
    ]
    history = model.fit(
        windows(),
        validation_data=windows(VALID, rows=2),
        epochs=5,
        verbose=0,
        callbacks=callbacks,
    ).history
    perplexities = history["val_perplexity"]
    assert perplexities[1] < perplexities[0] < perplexities[2]
    assert len(perplexities) == 3  # it ends where it was worse once
    again = keras.saving.load_model(best)
    found = again.evaluate(windows(VALID, rows=2), verbose=0, return_dict=True)
    assert found["perplexity"] == pytest.approx(min(perplexities), rel=1e-5)
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text().splitlines()))
    assert [float(row["val_perplexity"]) for row in rows] == perplexities


def test_tensorboard_draws_the_perplexity(tmp_path):
    pytest.importorskip("tensorboard")
    model = new_lstm()
    model.compile("adam")
    board = keras.callbacks.TensorBoard(tmp_path)
    model.fit(
        windows(),
        validation_data=windows(VALID, rows=2),
        verbose=0,
        callbacks=[board],
    )
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("events*"))
    assert b"epoch_perplexity" in written


def test_one_batch_is_trained_and_tested_like_a_text():
    model, (ids, targets, weights) = new_lstm(), windows()[0]
    log_p = array(ops.log_softmax(model(ids)))
    nats = -np.take_along_axis(log_p, targets[..., None], -1)[..., 0] * weights
    model.compile(keras.optimizers.SGD(0.1))
    model.fit(windows(), verbose=0)  # leaves a state behind
    model.set_weights(new_lstm().get_weights())
    tested = model.test_on_batch(ids, targets, weights, return_dict=True)
    assert tested["loss"] == pytest.approx(nats.mean(), rel=1e-5)
    losses = [
        float(model.train_on_batch(ids, targets, weights, return_dict=True)["loss"])
        for _ in range(20)
    ]
    assert losses[0] == pytest.approx(nats.mean(), rel=1e-5)
    assert losses[-1] < losses[0]


def fitted(optimizer=None, epochs=2, **how):
    model = new_lstm()
    model.compile(optimizer or keras.optimizers.SGD(0.5), **how)
    history = model.fit(windows(), epochs=epochs, verbose=0).history
    return history, model


WAYS = {
    "eagerly": {"run_eagerly": True},
    "as a graph": {"jit_compile": False},
    "by XLA": {"jit_compile": True},
    "three steps at once": {"steps_per_execution": 3},
}


@pytest.mark.parametrize("way", WAYS)
def test_however_it_is_run_it_learns_the_same(way):
    if ON_TORCH and way == "by XLA":
        pytest.skip("torch has no XLA")
    if keras.backend.backend() != "tensorflow" and way == "three steps at once":
        pytest.skip("tf.data cuts the steps of an execution")
    expected, first = fitted()
    found, second = fitted(**WAYS[way])
    same(first.get_weights(), second.get_weights(), atol=1e-5)
    assert found["perplexity"] == pytest.approx(expected["perplexity"], rel=1e-5)


def test_gradients_are_accumulated():
    optimizer = keras.optimizers.SGD(0.5, gradient_accumulation_steps=3)
    history, model = fitted(optimizer, epochs=3)
    assert history["loss"][-1] < history["loss"][0]
    # three steps are one update
    assert int(array(model.optimizer.iterations)) == len(windows())


def test_weights_are_averaged():
    optimizer = keras.optimizers.SGD(0.5, use_ema=True, ema_momentum=0.9)
    history, averaged = fitted(optimizer, epochs=3)
    _, plain = fitted(epochs=3)
    assert np.isfinite(history["loss"]).all()
    apart = averaged.get_weights()[0] - plain.get_weights()[0]
    assert np.abs(apart).max() > 1e-4  # the average is what fit leaves


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
def test_every_dtype_policy_is_trained(policy):
    expected, _ = fitted()
    if policy == "float64" and keras.backend.backend() == "jax":
        pytest.skip("JAX has no float64 unless it is told")
    model = models.lstm(TOKENS, **SMALL, dtype=policy)
    model.set_weights(new_lstm().get_weights())
    model.compile(keras.optimizers.SGD(0.5))
    history = model.fit(windows(), epochs=2, verbose=0).history
    assert history["loss"] == pytest.approx(expected["loss"], rel=0.02)
    assert np.isfinite(model.perplexity("bead\n"))


def test_a_train_step_of_one_s_own():
    class Halved(keraslm.CausalLM):
        """Fits with half of each loss."""

        def compute_loss(self, *arguments, **named):
            return super().compute_loss(*arguments, **named) / 2

    keras.utils.set_random_seed(1)
    stock = models.lstm(TOKENS, **SMALL)
    model = Halved(stock, TOKENS)
    model.compile(keras.optimizers.SGD(1.0))
    history = model.fit(windows(), epochs=2, verbose=0).history
    expected, plain = fitted()
    same(model.get_weights(), plain.get_weights(), atol=1e-5)
    assert history["perplexity"] == pytest.approx(expected["perplexity"], rel=1e-5)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="a step as TensorFlow writes it"
)
def test_a_tensorflow_train_step_of_one_s_own():
    import tensorflow as tf

    class Own(keraslm.CausalLM):
        """Follows the gradient by hand."""

        def train_step(self, data):
            x, y, weights = data
            with tf.GradientTape() as tape:
                logits = self(x, training=True)
                loss = self.compute_loss(x, y, logits, weights)
            gradients = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply(gradients, self.trainable_weights)
            for metric in self.metrics:  # as Keras's guide does
                if metric.name == "loss":
                    metric.update_state(loss)
            return self.get_metrics_result()

    keras.utils.set_random_seed(1)
    model = Own(models.lstm(TOKENS, **SMALL), TOKENS)
    model.compile(keras.optimizers.SGD(0.5))
    history = model.fit(windows(), epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert history["perplexity"][-1] < history["perplexity"][0]
