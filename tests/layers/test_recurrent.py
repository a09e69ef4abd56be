"""The recurrent layers are the equations of Keras's own, forward and gradient."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.kernels.gates import OPS
from keraslm.kernels.loop import portable_loop
from keraslm.layers import GRU, LSTM, Recurrent, SimpleRNN
from keraslm.layers.dropout import drop

tf = pytest.importorskip("tensorflow")
tensorflow_loop = pytest.importorskip("keraslm.kernels.tensorflow.loop")

CELLS = {
    "rnn": (SimpleRNN, keras.layers.SimpleRNN, {}),
    "sigmoid": (SimpleRNN, keras.layers.SimpleRNN, {"activation": "sigmoid"}),
    "linear": (SimpleRNN, keras.layers.SimpleRNN, {"activation": "linear"}),
    "gru": (GRU, keras.layers.GRU, {}),
    "gru-before": (GRU, keras.layers.GRU, {"reset_after": False}),
    "lstm": (LSTM, keras.layers.LSTM, {}),
}
BATCH, TIME, FEATURES, UNITS = 2, 4, 3, 4


def close(found, expected):
    for one, two in zip(found, expected, strict=True):
        # of what may be the difference of large numbers, to their precision
        atol = 1e-6 * max(10, np.abs(two).max())
        np.testing.assert_allclose(one, two, atol=atol, rtol=1e-4)


def new_layer(name):
    """Give our layer with weights far from zero, an input and initial states."""
    ours, _, options = CELLS[name]
    layer = ours(UNITS, return_state=True, **options)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    states = rng.normal(size=(len(layer.cell.states), BATCH, UNITS)).astype("float32")
    layer.build(x.shape)
    layer.set_weights([rng.normal(0, 0.7, w.shape) for w in layer.get_weights()])
    return layer, x, list(states)


def keras_layer(name, weights):
    _, theirs, options = CELLS[name]
    layer = theirs(
        UNITS, return_sequences=True, return_state=True, unroll=True, **options
    )
    layer.build((BATCH, TIME, FEATURES))
    layer.set_weights(weights)
    return layer


def forward_and_gradient(run, watched, variables):
    """Differentiate a sum in which every number of the outputs counts differently."""
    watched = [tf.constant(value) for value in watched]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        outputs = run(*watched)
        total = tf.add_n([tf.reduce_sum(tf.sin(3 * output)) for output in outputs])
    return [*outputs, *tape.gradient(total, [*watched, *variables])]


@pytest.mark.parametrize("name", CELLS)
def test_a_functional_model_gives_the_initial_state(name):
    layer, x, states = new_layer(name)
    theirs = keras_layer(name, layer.get_weights())
    inputs = [keras.Input(value.shape[1:]) for value in (x, *states)]
    model = keras.Model(inputs, layer(inputs[0], initial_state=inputs[1:]))
    close(model([x, *states]), theirs(x, initial_state=states))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", CELLS)
def test_equal_to_keras_forward_and_gradient(name, training):
    layer, x, states = new_layer(name)
    theirs = keras_layer(name, layer.get_weights())

    def run(read):
        return forward_and_gradient(
            lambda x, *states: read(x, initial_state=list(states), training=training),
            [x, *states],
            read.trainable_variables,
        )

    expected = run(theirs)
    close(run(layer), expected)
    close(tf.function(run, jit_compile=True)(layer), expected)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", CELLS)
def test_both_loops_are_the_same_function(name, training):
    from keraslm.kernels.tensorflow.loop import tensorflow_loop

    layer, x, states = new_layer(name)
    cell, p = layer.cell, layer.cell.products(layer.get_weights())
    z = x.transpose(1, 0, 2) @ p.W + p.b  # (time, batch, blocks x units)
    b_h = np.zeros(p.U.shape[1], "float32") if p.b_h is None else p.b_h

    def run(loop):
        def flat(z, U, b_h, *states):
            given = (cell, z, list(states), U, b_h, p.others)
            shown, last = loop(*given, training=training)
            return [shown, *last]

        return forward_and_gradient(flat, [z, p.U, b_h, *states], [])

    close(run(tensorflow_loop), run(portable_loop))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("loop", ["tensorflow", "portable"])
@pytest.mark.parametrize("name", CELLS)
def test_the_first_steps_alone_are_a_shorter_sequence(
    name, loop, training, monkeypatch
):
    if loop == "portable":
        monkeypatch.setattr(tensorflow_loop, "tensorflow_loop", portable_loop)
    layer, x, states = new_layer(name)

    def run(read):
        return forward_and_gradient(read, [x, *states], layer.trainable_variables)

    def first_two(x, *states):
        return layer(x[:, :2], initial_state=list(states), training=training)

    def by_length(x, *states):
        given = {"initial_state": list(states), "length": tf.constant(2)}
        shown, *last = layer(x, **given, training=training)
        return shown[:, :2], *last

    close(run(by_length), run(first_two))
    if loop == "tensorflow":
        close(tf.function(run, jit_compile=True)(by_length), run(first_two))


@pytest.mark.parametrize("layer", [SimpleRNN, GRU, LSTM])
def test_a_new_layer_gives_the_gates_numbers_that_vary_as_the_inputs(layer):
    x = np.random.default_rng(3).normal(0, 2, (50, 4, 64)).astype(np.float32)
    layer = layer(300)
    layer(x)
    # 64 products of variance 2^2 / 64 each
    assert float(np.std(x @ layer.get_weights()[0])) == pytest.approx(2, rel=0.05)


def test_dropped_weights_are_the_same_at_every_step_of_a_window():
    layer = LSTM(UNITS, weight_drop=0.5, seed=7)
    x = np.random.default_rng(0).normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    whole = layer(x)
    kernel, recurrent, bias = layer.get_weights()
    # the first mask that the seed gives; what is kept is doubled
    seeds = keras.random.SeedGenerator(7)
    dropped = drop(recurrent, 0.5, seeds, recurrent.shape)
    assert 0.2 < np.mean(np.asarray(dropped) == 0) < 0.8
    twin = LSTM(UNITS)
    twin.build(x.shape)
    twin.set_weights([kernel, dropped, bias])
    close(layer(x, training=True), twin(x))
    close(layer(x), whole)


@pytest.mark.parametrize("name", CELLS)
def test_a_step_in_numpy_is_a_step_of_the_layer(name):
    layer, x, states = new_layer(name)
    weights = layer.get_weights()
    with np.errstate(all="raise"):  # also no overflow at large values
        found = layer.cell.step(30 * x[:, 0], states, weights)
        alone = layer.cell.step(30 * x[0, 0], [s[0] for s in states], weights)
    _, *expected = layer(30 * x[:, :1], initial_state=states)
    close(found, expected)
    close(alone, [s[0] for s in expected])
    tensors = [ops.convert_to_tensor(w) for w in weights]
    close(layer.cell.step(30 * x[:, 0], states, tensors, OPS), expected)


def test_an_lstm_cell_keeps_its_value_while_the_gates_say_so():
    layer, x, (h, c) = new_layer("lstm")
    kernel, recurrent, _ = layer.get_weights()
    # i = sigmoid(-50) = 0, f = sigmoid(50) = 1, o = sigmoid(50) = 1
    bias = np.repeat([-50.0, 50.0, 0.0, 50.0], UNITS)
    layer.set_weights([kernel, recurrent, bias])
    shown, _, last = layer(x, initial_state=[h, c])
    np.testing.assert_allclose(last, c, rtol=1e-6)
    np.testing.assert_allclose(shown[:, -1], np.tanh(c), rtol=1e-5)


def test_a_new_lstm_remembers():
    layer = LSTM(2)
    layer.build((None, None, 3))
    assert layer.get_weights()[2].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


def test_weights_counted_by_hand():
    counts = {}
    for name in CELLS:
        layer, _, _ = new_layer(name)
        counts[name] = layer.count_params()
    # a gate: W 3 x 4, U 4 x 4, b 4 = 32; rnn has 1, lstm 4; gru 3 and 3 b' of 4
    assert counts["rnn"] == counts["sigmoid"] == counts["linear"] == 32
    assert counts["lstm"] == 4 * 32
    assert (counts["gru"], counts["gru-before"]) == (3 * 32 + 12, 3 * 32)


@pytest.mark.parametrize("name", CELLS)
def test_the_configuration_makes_the_same_layer(name):
    layer, x, _ = new_layer(name)
    general = Recurrent(layer.cell, return_state=True)
    for same in (layer, general):
        twin = type(same).from_config(same.get_config())
        twin.build(x.shape)
        twin.set_weights(layer.get_weights())
        close(twin(x), layer(x))


def test_what_is_refused():
    with pytest.raises(UsageError, match="units must be 1 or more; received 0"):
        LSTM(0)
    with pytest.raises(UsageError, match="weight_drop must lie in"):
        LSTM(3, weight_drop=1)
    with pytest.raises(UsageError, match="sigmoid or linear; received 'relu'"):
        SimpleRNN(3, activation="relu")
