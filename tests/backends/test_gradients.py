"""Gradients on this backend: of a function, and of the recurrent layers' own loop."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.kernels.gates import OPS
from keraslm.kernels.loop import portable_loop
from keraslm.layers import GRU, LSTM, SimpleRNN
from keraslm.probes import gradient

pytestmark = pytest.mark.backends

LAYERS = {
    "rnn": (SimpleRNN, keras.layers.SimpleRNN, {}),
    "sigmoid": (SimpleRNN, keras.layers.SimpleRNN, {"activation": "sigmoid"}),
    "gru": (GRU, keras.layers.GRU, {}),
    "gru-before": (GRU, keras.layers.GRU, {"reset_after": False}),
    "lstm": (LSTM, keras.layers.LSTM, {}),
}
BATCH, TIME, FEATURES, UNITS = 2, 5, 3, 4


def test_the_gradient_of_a_function_is_the_one_by_hand():
    def function(values):
        x, (y, _) = values
        return ops.sum(x**2 * y)

    x, y = np.float32([1, -2, 3]), np.float32([4, 5, 6])
    by_x, (by_y, by_unused) = gradient(function, [x, [y, np.ones((2, 3), "float32")]])
    assert by_x.tolist() == [8, -20, 36]  # 2 x y
    assert by_y.tolist() == [1, 4, 9]  # x^2
    assert by_unused.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_a_variable_s_value_is_differentiated_as_any_other():
    weight = keras.Variable(np.float32([2, 3]))
    found = gradient(lambda w: ops.sum(w**3), weight.value)
    assert found.tolist() == [12, 27]  # 3 w^2
    assert ops.convert_to_numpy(weight).tolist() == [2, 3]


@pytest.fixture(params=LAYERS)
def layers(request):
    """Give our layer, Keras's with the same weights, and an input with first states."""
    own, stock, options = LAYERS[request.param]
    ours = own(UNITS, return_state=True, **options)
    theirs = stock(UNITS, return_sequences=True, return_state=True, **options)
    rng = np.random.default_rng(0)
    ours.build((BATCH, TIME, FEATURES))
    theirs.build((BATCH, TIME, FEATURES))
    weights = [rng.normal(0, 0.7, w.shape) for w in ours.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    states = rng.normal(size=(len(ours.cell.states), BATCH, UNITS)).astype("float32")
    x = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    return ours, theirs, [x, list(states)]


def total(outputs):
    """Sum so that every number of the outputs counts differently."""
    return sum(ops.sum(ops.sin(3 * output)) for output in outputs)


def gradients_of_a_layer(layer, inputs):
    """Differentiate by the input, the first states and the weights, in training."""
    fixed = [v.value for v in layer.non_trainable_variables]

    def function(values):
        weights, (x, states) = values
        given = {"initial_state": states, "training": True}
        return total(layer.stateless_call(weights, fixed, x, **given)[0])

    return gradient(function, [[v.value for v in layer.trainable_variables], inputs])


def gradients_of_a_loop(layer, inputs, loop):
    def function(values):
        weights, (x, states) = values
        p = layer.cell.products(weights)
        z = ops.matmul(ops.transpose(x, (1, 0, 2)), p.W) + p.b
        shown, last = loop(layer.cell, z, states, p.U, p.b_h, p.others)
        return total([shown, *last])

    return gradient(function, [[v.value for v in layer.trainable_variables], inputs])


def plain_loop(cell, steps, states, U, b_h, others):
    """The equations, step by step."""
    shown = []
    for z in steps:
        a = ops.matmul(states[0], U)
        a = a if b_h is None else a + b_h
        values = cell.advance(z, a, states, OPS, *others)
        states = [values[name] for name in cell.states]
        shown.append(states[0])
    return ops.stack(shown), states


def close(found, expected):
    for one, two in zip(
        keras.tree.flatten(found), keras.tree.flatten(expected), strict=True
    ):
        np.testing.assert_allclose(one, two, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("loop", [plain_loop, portable_loop])
def test_a_layer_has_the_gradient_of_the_plain_loop(layers, loop):
    ours, _, inputs = layers
    close(gradients_of_a_layer(ours, inputs), gradients_of_a_loop(ours, inputs, loop))


def test_a_layer_has_the_gradient_of_keras_s_own(layers):
    ours, theirs, inputs = layers
    close(gradients_of_a_layer(ours, inputs), gradients_of_a_layer(theirs, inputs))
