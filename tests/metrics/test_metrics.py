"""Perplexity and bits a character, by hand: nats and tokens of all batches."""

import math

import keras
import numpy as np
import pytest

from keraslm import Windows
from keraslm.errors import UsageError
from keraslm.losses import NextToken
from keraslm.metrics import BitsPerCharacter, Perplexity
from keraslm.text import Text, TextEncoder, tokenizer_named

pytestmark = pytest.mark.backends

BITS = 1 / math.log(2)


def filled(metric, *batches):
    for nats, weights in batches:
        metric.update_nats(np.array(nats, "float32"), np.array(weights, "float32"))
    return float(metric.result())


def test_batches_of_unequal_size_are_summed_before_they_are_divided():
    # nats 1 + 2 + 3 of three tokens, and 6 of one; not the mean of 2 and 6
    batches = [([[1, 2, 3]], [[1, 1, 1]]), ([[6, 7, 8]], [[1, 0, 0]])]
    assert filled(Perplexity(), *batches) == pytest.approx(math.exp(12 / 4))
    assert filled(BitsPerCharacter(), *batches) == pytest.approx(3 * BITS)
    # 4 tokens of 2.5 characters: 12 nats over 10 characters
    assert filled(BitsPerCharacter(2.5), *batches) == pytest.approx(1.2 * BITS)


def test_predictions_are_what_their_nats_are():
    outputs = np.log([[[0.5, 0.5], [0.9, 0.1]], [[0.25, 0.75], [0.5, 0.5]]])
    targets = np.array([[0, 0], [1, 0]])
    metric = Perplexity()
    metric.update_state(targets, outputs.astype("float32"))
    # 1 / (0.5 x 0.9 x 0.75 x 0.5) to the power of 1/4
    assert float(metric.result()) == pytest.approx(0.16875**-0.25, rel=1e-6)
    metric.reset_state()
    metric.update_state(targets, outputs.astype("float32"), np.array([[1, 0], [0, 1]]))
    assert float(metric.result()) == pytest.approx(2, rel=1e-6)
    likely = Perplexity(from_logits=False)
    likely.update_state(targets, np.exp(outputs).astype("float32"))
    assert float(likely.result()) == pytest.approx(0.16875**-0.25, rel=1e-6)


def test_without_a_token_there_is_no_perplexity():
    assert math.isnan(filled(Perplexity()))
    assert math.isnan(filled(Perplexity(), ([[math.inf]], [[0]])))


@pytest.mark.parametrize("metric", [Perplexity, BitsPerCharacter])
def test_what_is_impossible_is_infinite_and_stays_so(metric):
    once = ([[1, math.inf]], [[1, 1]])
    assert filled(metric(), ([[1, 1]], [[1, 1]]), once, once, ([[1, 1]], [[1, 1]])) == (
        math.inf
    )
    assert math.isfinite(filled(metric(), ([[1, math.inf]], [[1, 0]])))


def test_nan_stays_nan():
    assert math.isnan(filled(Perplexity(), ([[math.nan]], [[1]]), ([[1]], [[1]])))


def test_what_is_added_to_a_large_sum_is_not_lost():
    """In float32 alone, a nat beside 2^25 of them is rounded away."""
    nats = np.array([[2.0**25], *[[1.0]] * 200], "float32")
    model = Measured(BitsPerCharacter())
    model.compile()
    model.evaluate(nats, batch_size=1, verbose=0)
    mean = (2**25 + 200) / 201
    assert float(model.measure.result()) == pytest.approx(mean * BITS, rel=2e-7)


class Measured(keras.Model):
    """Gives its input to a metric, as nats, in a compiled step."""

    def __init__(self, measure):
        super().__init__()
        self.measure = measure

    def call(self, nats):
        return nats

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **_):
        self.measure.update_nats(y_pred, keras.ops.ones_like(y_pred))
        return keras.ops.sum(y_pred) * 0


def softmax(logits):
    e = np.exp(logits.astype("float64"))
    return e / e.sum(-1, keepdims=True)


TEXT = Text.from_string("the cat sees the dog .\n" * 3)
TOKENS, IDS = TextEncoder.learn(tokenizer_named("char"), TEXT)


def stock_model(**given):
    keras.utils.set_random_seed(1)
    size = len(TOKENS.vocabulary)
    embedding = keras.layers.Embedding(size, 6, **given)
    model = keras.Sequential([embedding, keras.layers.Dense(size)])
    measures = [Perplexity(), BitsPerCharacter(2)]
    model.compile("sgd", NextToken(), weighted_metrics=measures)
    return model


def nats_of(model, batches):
    """The nats of the tokens that are no padding, in float64."""
    found = []
    for ids, targets, weights in batches:
        p = softmax(model.predict_on_batch(ids))
        nats = -np.log(np.take_along_axis(p, targets[..., None], -1))[..., 0]
        found.append(nats[weights > 0])
    return np.concatenate(found)


def test_evaluate_measures_each_token_of_a_text_once():
    model, windows = stock_model(), Windows(TEXT, TOKENS, batch_size=4, time=7)
    assert (windows[len(windows) - 1][2] == 0).any()  # the last window has padding
    nats = nats_of(model, windows)
    assert len(nats) == len(IDS)
    for data in (windows, windows.tf_dataset()):
        found = model.evaluate(data, verbose=0, return_dict=True)
        assert found["perplexity"] == pytest.approx(math.exp(nats.mean()), rel=1e-5)
        bits = nats.mean() / 2 * BITS
        assert found["bits_per_character"] == pytest.approx(bits, rel=1e-5)
        loss = nats.sum() / (len(windows) * windows.full)
        assert found["loss"] == pytest.approx(loss, rel=1e-5)


def test_uneven_batches_of_arrays():
    model, ids = stock_model(), IDS[:60].reshape(10, 6).astype("int32")
    nats = nats_of(model, [(ids, ids, np.ones_like(ids))])
    found = model.evaluate(ids, ids, batch_size=4, verbose=0, return_dict=True)
    assert found["perplexity"] == pytest.approx(math.exp(nats.mean()), rel=1e-5)


def test_masked_tokens_do_not_count():
    model = stock_model(mask_zero=True)
    ids = np.array([[3, 4, 5, 0], [6, 0, 0, 0], [7, 8, 0, 0]])
    nats = nats_of(model, [(ids, ids, ids > 0)])
    assert len(nats) == 6
    found = model.evaluate(ids, ids, batch_size=2, verbose=0, return_dict=True)
    assert found["perplexity"] == pytest.approx(math.exp(nats.mean()), rel=1e-5)
    weights = (ids > 4).astype("float32")
    nats = nats_of(model, [(ids, ids, weights)])
    found = model.evaluate(
        ids, ids, batch_size=2, verbose=0, return_dict=True, sample_weight=weights
    )
    assert found["perplexity"] == pytest.approx(math.exp(nats.mean()), rel=1e-5)


def test_callbacks_know_that_less_is_better(tmp_path):
    model, windows = stock_model(), Windows(TEXT, TOKENS, batch_size=4, time=7)
    best = tmp_path / "best.keras"
    stop = keras.callbacks.EarlyStopping("val_perplexity", patience=1)
    keep = keras.callbacks.ModelCheckpoint(
        best, "val_bits_per_character", save_best_only=True
    )
    # a learning rate at which it first gets better, then worse
    rates = keras.callbacks.LearningRateScheduler(
        lambda epoch: 1.0 if epoch < 2 else -20.0
    )
    history = model.fit(
        windows,
        validation_data=windows,
        epochs=4,
        shuffle=False,
        verbose=0,
        callbacks=[rates, stop, keep],
    ).history
    perplexities = history["val_perplexity"]
    assert perplexities[1] < perplexities[0]
    assert len(perplexities) == 3  # it ends where it was worse once
    again = keras.saving.load_model(best)
    found = again.evaluate(windows, verbose=0, return_dict=True)
    assert found["perplexity"] == pytest.approx(min(perplexities), rel=1e-5)
    bits = history["val_bits_per_character"]
    assert found["bits_per_character"] == pytest.approx(min(bits), rel=1e-5)


def test_a_metric_is_made_again_from_its_config():
    metric = BitsPerCharacter(4.5, name="bpc", from_logits=False)
    data = keras.saving.serialize_keras_object(metric)
    again = keras.saving.deserialize_keras_object(data)
    assert type(again) is BitsPerCharacter
    assert again.get_config() == metric.get_config()


@pytest.mark.parametrize("wrong", [0, -1, math.nan])
def test_characters_are_more_than_none(wrong):
    with pytest.raises(UsageError, match="above 0"):
        BitsPerCharacter(wrong)
