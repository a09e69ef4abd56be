"""Masked steps: what the layers show, hand on and learn is what Keras's own do."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.layers import GRU, LSTM, Dropout, OneHot, OneHotDense, SimpleRNN
from keraslm.probes import gradient

pytestmark = pytest.mark.backends

LAYERS = {
    "rnn": (SimpleRNN, keras.layers.SimpleRNN, {}),
    "gru": (GRU, keras.layers.GRU, {}),
    "gru-before": (GRU, keras.layers.GRU, {"reset_after": False}),
    "lstm": (LSTM, keras.layers.LSTM, {}),
}
# padded right, left, within, and everywhere
MASK = np.array(
    [[1, 1, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1], [0, 0, 0, 0, 0]], bool
)
BATCH, TIME, FEATURES, UNITS = *MASK.shape, 3, 4
RNG = np.random.default_rng(0)
X = RNG.normal(size=(BATCH, TIME, FEATURES)).astype("float32")


def pair(name, **options):
    """Give our layer and Keras's, with the same weights, and first states."""
    own, stock, more = LAYERS[name]
    options = {"return_sequences": True, "return_state": True, **more, **options}
    ours, theirs = own(UNITS, **options), stock(UNITS, **options)
    ours.build(X.shape)
    theirs.build(X.shape)
    rng = np.random.default_rng(1)
    weights = [rng.normal(0, 0.7, w.shape) for w in ours.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    shape = (len(ours.cell.states), BATCH, UNITS)
    return ours, theirs, list(rng.normal(size=shape).astype("float32"))


def run(layer, states):
    """Give what a layer shows, and the gradients of its sum by all that it reads."""
    fixed = [v.value for v in layer.non_trainable_variables]

    def outputs(values):
        weights, (x, states) = values
        mask = ops.convert_to_tensor(MASK)
        given = {"initial_state": states, "mask": mask, "training": True}
        x = ops.convert_to_tensor(x)
        return layer.stateless_call(weights, fixed, x, **given)[0]

    def total(values):
        # every number counts differently
        return sum(ops.sum(ops.sin(3 * output)) for output in outputs(values))

    values = [[v.value for v in layer.trainable_variables], [X, states]]
    return [*outputs(values), *keras.tree.flatten(gradient(total, values))]


def close(found, expected):
    for one, two in zip(found, expected, strict=True):
        one, two = map(ops.convert_to_numpy, (one, two))
        np.testing.assert_allclose(one, two, atol=2e-5, rtol=2e-5)


@pytest.mark.parametrize(
    "options", [{}, {"go_backwards": True}, {"return_sequences": False}]
)
@pytest.mark.parametrize("name", LAYERS)
def test_a_masked_sequence_is_read_as_keras_reads_it(name, options):
    ours, theirs, states = pair(name, **options)
    close(run(ours, states), run(theirs, states))


@pytest.mark.parametrize("name", LAYERS)
def test_both_directions_with_a_mask_are_those_of_keras(name):
    ours, theirs, _ = pair(name, return_state=False)
    both = [keras.layers.Bidirectional(layer) for layer in (ours, theirs)]
    for one in both:
        one.build(X.shape)
    both[0].set_weights(both[1].get_weights())
    close([both[0](X, mask=MASK)], [both[1](X, mask=MASK)])
    close([both[0](X)], [both[1](X)])


def test_a_masked_step_by_hand():
    layer = SimpleRNN(1, "linear", return_state=True)
    layer.build((None, None, 1))
    layer.set_weights([np.ones((1, 1)), np.full((1, 1), 2.0), np.zeros(1)])
    x = np.float32([[[1], [10], [3]]])
    # h = x + 2 h: 1, left out, 3 + 2 x 1 = 5
    shown, last = layer(x, mask=np.array([[True, False, True]]))
    assert ops.convert_to_numpy(shown)[0, :, 0].tolist() == [1, 1, 5]
    assert ops.convert_to_numpy(last).tolist() == [[5]]


def test_padding_never_enters_the_loss():
    ids = np.array([[3, 1, 2, 0, 0], [1, 2, 0, 0, 0]])
    layers = [
        keras.layers.Embedding(4, 3, mask_zero=True),
        Dropout(0.5),
        LSTM(4),
        keras.layers.Dense(4),
    ]
    model = keras.Sequential(layers)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss)
    targets = np.array([[1, 2, 3, 0, 0], [2, 3, 0, 0, 0]])
    others = np.where(ids == 0, 2, targets)
    found = model.evaluate(ids, targets, verbose=0)
    assert model.evaluate(ids, others, verbose=0) == found
    log_p = ops.convert_to_numpy(ops.log_softmax(model(ids)))
    nats = [-log_p[0, k, k + 1] for k in range(3)]
    nats += [-log_p[1, k, k + 2] for k in range(2)]
    assert found == pytest.approx(np.mean(nats), rel=1e-5)


def test_the_mask_reaches_a_layer_that_is_given_a_state():
    ids = keras.Input((None,), dtype="int32")
    state = keras.Input((4,))
    x = keras.layers.Embedding(4, 3, mask_zero=True)(ids)
    shown, last = GRU(4, return_state=True)(x, initial_state=state)
    model = keras.Model([ids, state], [shown, last])
    start = RNG.normal(size=(1, 4)).astype("float32")
    long = model.predict([np.array([[1, 2, 0, 0]]), start], verbose=0)
    short = model.predict([np.array([[1, 2]]), start], verbose=0)
    close([long[1], long[0][:, 3]], [short[1], short[0][:, 1]])


@pytest.mark.parametrize("layer", [Dropout(0.5), OneHot(4), OneHotDense(3, 4)])
def test_masks_pass_through(layer):
    ids = ops.ones((BATCH, TIME, 1), "int32")
    x = ops.ones((BATCH, TIME, 2)) if isinstance(layer, Dropout) else ids
    mask = ops.convert_to_tensor(MASK)
    x._keras_mask = mask
    assert layer(x)._keras_mask is mask
    assert layer.compute_mask(x, mask) is mask


def test_the_mask_of_a_sequence_read_backwards_is_reversed_with_it():
    backwards = GRU(2, go_backwards=True)
    found = ops.convert_to_numpy(backwards.compute_mask(X, ops.convert_to_tensor(MASK)))
    np.testing.assert_array_equal(found, MASK[:, ::-1])
    assert GRU(2, return_sequences=False).compute_mask(X, MASK) is None
