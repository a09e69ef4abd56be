"""The loss, by hand: padding counts in the divisor, and costs nothing."""

import math

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.losses import NextToken

pytestmark = pytest.mark.backends

# P of 3 tokens at 4 places
P = np.array([[[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [0.2, 0.4, 0.4], [1, 0, 0]]])
TARGETS = np.array([[0, 2, 1, 0]])
LOGITS = np.log(np.maximum(P, 1e-30)).astype("float32") + 3  # softmax forgets the 3


def loss(weights=None, outputs=LOGITS, targets=TARGETS, **given):
    return number(NextToken(**given)(targets, outputs, weights))


def number(tensor):
    return float(ops.convert_to_numpy(tensor))


def test_the_nats_of_all_tokens():
    # (log 2 + log 1.25 + log 2.5 + log 1) / 4
    assert loss() == pytest.approx(math.log(2 * 1.25 * 2.5) / 4, rel=1e-6)


def test_padding_counts_in_the_divisor():
    weights = np.array([[1, 1, 0, 0]], "float32")
    assert loss(weights) == pytest.approx(math.log(2 * 1.25) / 4, rel=1e-6)
    assert loss(np.array([2.0])) == pytest.approx(2 * loss(), rel=1e-6)
    assert loss(weights * 0) == 0


def test_a_mask_is_a_weight_and_no_more():
    ids = np.array([[1, 2, 0, 0]])
    model = keras.Sequential([keras.layers.Embedding(3, 3, mask_zero=True)])
    outputs = model(ids)
    nats = -np.log(softmax(ops.convert_to_numpy(outputs)))[0, [0, 1], TARGETS[0, :2]]
    assert loss(None, outputs) == pytest.approx(nats.sum() / 4)
    assert loss(np.array([[0, 1, 1, 1]]), outputs) == pytest.approx(nats[1] / 4)


def softmax(logits):
    e = np.exp(logits)
    return e / e.sum(-1, keepdims=True)


def test_probabilities():
    found = loss(None, P.astype("float32"), from_logits=False)
    assert found == pytest.approx(loss(), rel=1e-6)


def test_what_is_impossible_costs_infinitely_much_and_padding_nothing():
    never, weights = np.array([[0, 2, 1, 2]]), np.array([[1, 1, 1, 0]])
    logits = np.where(P == 0, -np.inf, LOGITS).astype("float32")
    for outputs, from_logits in ((P.astype("float32"), False), (logits, True)):
        given = {"outputs": outputs, "targets": never, "from_logits": from_logits}
        assert loss(**given) == math.inf
        assert loss(weights, **given) == pytest.approx(loss(), rel=1e-6)


def test_half_precision_is_no_worse_than_its_logits():
    halved = ops.cast(LOGITS, "float16")
    found = NextToken()(TARGETS, halved)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    assert number(found) == pytest.approx(loss(), abs=2e-3)


def test_targets_are_ids():
    with pytest.raises(UsageError, match=r"targets \(1, 4, 3\)"):
        NextToken()(P, LOGITS)


def test_fit_minimises_it_and_a_file_keeps_it(tmp_path):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Embedding(3, 3)])
    model.compile("sgd", NextToken(name="nats"))
    ids = np.array([[0, 1, 2, 0], [1, 2, 0, 1]])
    weights = np.array([[1, 1, 1, 1], [1, 0, 0, 0]], "float32")
    logits = model.predict(ids, verbose=0)
    nats = -np.log(np.take_along_axis(softmax(logits), ids[..., None], -1))[..., 0]
    by_hand = (nats * weights).sum() / 8
    measured = model.evaluate(ids, ids, sample_weight=weights, verbose=0)
    assert measured == pytest.approx(by_hand, rel=1e-5)
    history = model.fit(ids, ids, epochs=2, verbose=0, sample_weight=weights).history
    assert history["loss"][1] < history["loss"][0] == pytest.approx(by_hand, rel=1e-5)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.loss.get_config() == {"from_logits": True, "name": "nats"}
    assert again.evaluate(ids, ids, verbose=0) == model.evaluate(ids, ids, verbose=0)
