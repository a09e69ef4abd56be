"""Softmaxes for large vocabularies: probabilities, losses and gradients."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax
from keraslm.outputs import arrays
from keraslm.probes import gradient

pytestmark = pytest.mark.backends

WIDTH, WORDS = 8, 29
RNG = np.random.default_rng(0)
KINDS = {
    "one band": lambda: AdaptiveSoftmax(WORDS, [5], [0.3]),
    "two bands": lambda: AdaptiveSoftmax(WORDS, [4, 11], [0.2, 0.1]),
    "three classes": lambda: ClassSoftmax([2, 1] + [0, 1, 0] * 9),
    "a class a word": lambda: ClassSoftmax(list(range(WORDS))),
    "one class": lambda: ClassSoftmax([0] * WORDS),
    "bands of one word": lambda: AdaptiveSoftmax(WORDS, [1, 28], [0.9, 0.0]),
}


@pytest.fixture(params=KINDS)
def layer(request):
    """Build a softmax with weights that are far from zero."""
    made = KINDS[request.param]()
    made.build((None, WIDTH))
    rng = np.random.default_rng(1)
    made.set_weights([rng.normal(size=w.shape) for w in made.get_weights()])
    return made


def features(*shape):
    return RNG.normal(size=(*shape, WIDTH)).astype("float32")


def from_call(layer, x, targets):
    log_p = ops.take_along_axis(layer(x), ops.cast(targets, "int32")[..., None], -1)
    return -log_p[..., 0]


def test_the_probabilities_sum_to_one(layer):
    log_p = ops.convert_to_numpy(layer(features(3, 5))).astype("float64")
    assert log_p.shape == (3, 5, WORDS)
    np.testing.assert_allclose(np.exp(log_p).sum(axis=-1), 1, atol=1e-6)


# With 29 x 40 tokens of all words alike, the bands hold more tokens than they have
# room for; with the ids of one row, fewer.
@pytest.mark.parametrize("rows", [1, 40])
def test_the_loss_of_every_word_is_its_log_probability(layer, rows):
    x = features(rows, WORDS)
    targets = np.tile(np.arange(WORDS), (rows, 1))
    found = ops.convert_to_numpy(layer.nats(x, targets))
    expected = ops.convert_to_numpy(from_call(layer, x, targets))
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("target", [0, 10, 28])
def test_a_text_of_one_word(layer, target):
    x, targets = features(60), np.full(60, target)
    found = ops.convert_to_numpy(layer.nats(x, targets))
    expected = ops.convert_to_numpy(from_call(layer, x, targets))
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("tokens", [12, 120])
def test_the_gradient_is_that_of_the_log_probability(layer, tokens):
    x, targets = features(tokens), RNG.integers(0, WORDS, tokens)
    weights = RNG.normal(size=tokens).astype("float32")
    variables = layer.trainable_weights

    def total(nats):
        def function(values):
            x, given = values
            pairs = list(zip(variables, given, strict=True))
            with keras.StatelessScope(pairs):
                return ops.sum(ops.multiply(nats(x), weights))

        return function

    values = [x, [ops.convert_to_numpy(v) for v in variables]]
    found = gradient(total(lambda x: layer.nats(x, targets)), values)
    expected = gradient(total(lambda x: from_call(layer, x, targets)), values)
    for one, two in zip(
        [found[0], *found[1]], [expected[0], *expected[1]], strict=True
    ):
        np.testing.assert_allclose(one, two, atol=2e-4)
    assert np.abs(expected[0]).max() > 0.1


def test_numpy_computes_the_same(layer):
    x = features(4)
    weights = [ops.convert_to_numpy(w) for w in layer.weights]
    found = layer.output_side.log_probabilities(x, weights, arrays)
    np.testing.assert_allclose(found, ops.convert_to_numpy(layer(x)), atol=1e-5)


def test_a_layer_is_rebuilt_from_its_configuration(layer):
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    )
    again.set_weights(layer.get_weights())
    x = features(2)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(again(x)), ops.convert_to_numpy(layer(x))
    )


def test_adaptive_by_hand():
    layer = AdaptiveSoftmax(4, [1], [0.5])
    layer.build((None, 1))
    # head: word 0 and the band; P is 1 x 1; words 1 to 3 of the band
    head = [[0.0, 0.0]], np.log([0.25, 0.75])
    band = [[2.0]], [[0.5, 0.0, 0.0]], np.log([1.0, 1.0, 2.0])
    layer.set_weights([np.float32(w) for w in (*head, *band)])
    found = np.exp(ops.convert_to_numpy(layer(np.float32([[1.0]]))))[0]
    # in the band: e^(1 x 2 x 0.5) = e, 1 and 2
    expected = [0.25, *(0.75 * np.array([np.e, 1, 2]) / (np.e + 3))]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def two_classes():
    """Give words 0, 2 in class 0 and 1 in class 1, with odds that are easy to read."""
    layer = ClassSoftmax([0, 1, 0])
    layer.build((None, 1))
    classes = [[0.0, 0.0]], np.log([0.25, 0.75])
    words = [[[0.0], [1.0]], [[5.0], [5.0]]], np.zeros((2, 2))
    layer.set_weights([np.float32(w) for w in (*classes, *words)])
    return layer


def test_classes_by_hand():
    found = np.exp(ops.convert_to_numpy(two_classes()(np.float32([[1.0]]))))[0]
    # within class 0: e^0 and e^1; word 1 is alone in class 1
    expected = [0.25 / (1 + np.e), 0.75, 0.25 * np.e / (1 + np.e)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_scores_are_added_to_words_and_classes_by_hand():
    # words 0 to 2, classes 0 and 1
    added = ops.convert_to_tensor(np.log(np.float32([1, 1, 3, 9, 1])))
    layer, x = two_classes(), np.ones((1, 3, 1), "float32")
    # classes: 0.25 x 9 and 0.75 x 1, so 3/4 and 1/4; in class 0: 1 and 3 e
    expected = [0.75 / (1 + 3 * np.e), 0.25, 0.75 * 3 * np.e / (1 + 3 * np.e)]
    found = np.exp(ops.convert_to_numpy(layer(x, added)))
    np.testing.assert_allclose(found, [[expected] * 3], rtol=1e-5)
    targets = np.array([[0, 1, 2]])
    nats = ops.convert_to_numpy(layer.nats(x, targets, lambda s: ops.take(added, s)))
    np.testing.assert_allclose(np.exp(-nats), [expected], rtol=1e-5)


@pytest.mark.parametrize("classes", [[], [0, 2], [-1, 0]])
def test_classes_without_words_are_refused(classes):
    with pytest.raises(UsageError, match="numbered from 0"):
        ClassSoftmax(classes)


@pytest.mark.parametrize(
    ("cutoffs", "shares"),
    [([], []), ([0], [0.1]), ([3, 3], [0.1, 0.1]), ([29], [0.1]), ([3], [0.1, 0.1])],
)
def test_bands_that_are_none_are_refused(cutoffs, shares):
    with pytest.raises(UsageError, match="received"):
        AdaptiveSoftmax(WORDS, cutoffs, shares)
