"""What a Keras user does by habit, on every layer."""

import keras
import numpy as np
import pytest
from keras import ops

from keraslm.errors import UsageError
from keraslm.layers import (
    GRU,
    LSTM,
    AdaptiveSoftmax,
    ClassSoftmax,
    Dropout,
    MultiHotDense,
    OneHot,
    OneHotDense,
    Recurrent,
    SimpleRNN,
)
from tests.cells.own import PeepholeLSTM

pytestmark = [pytest.mark.backends, pytest.mark.long]

WORDS = 6
RECURRENT = {
    "rnn": lambda **given: SimpleRNN(5, **given),
    "gru": lambda **given: GRU(5, **given),
    "lstm": lambda **given: LSTM(5, **given),
    "own": lambda **given: Recurrent(PeepholeLSTM(5), **given),
}
STOCK = {"rnn": keras.layers.SimpleRNN, "gru": keras.layers.GRU}
STOCK["lstm"] = keras.layers.LSTM
ON_VECTORS = {
    **RECURRENT,
    "dropout": lambda: Dropout(0.2, same_steps=True),
    "adaptive": lambda: AdaptiveSoftmax(WORDS, [2], [0.4]),
    "classes": lambda: ClassSoftmax([0, 1, 0, 1, 2, 2]),
}
ON_WINDOWS = {
    "one-hot": lambda: OneHot(WORDS),
    "one-hot-dense": lambda: OneHotDense(5, WORDS),
    "multi-hot-dense": lambda: MultiHotDense(5, WORDS),
}
LAYERS = {**ON_VECTORS, **ON_WINDOWS}
RNG = np.random.default_rng(0)
IDS = RNG.integers(1, WORDS, (4, 7)).astype("int32")


def layers_around(name):
    """Give an input, and the layers that make numbers of it, one of that name."""
    if name in ON_WINDOWS:
        return [keras.Input((None, 2), dtype="int32"), LAYERS[name](), last()]
    embedding = keras.layers.Embedding(WORDS, 4)
    return [keras.Input((None,), dtype="int32"), embedding, LAYERS[name](), last()]


def last():
    return keras.layers.Dense(WORDS, name="last")


def functional(name):
    ids, *layers = layers_around(name)
    x = ids
    for layer in layers:
        x = layer(x)
    return keras.Model(ids, x)


def ids_for(name):
    return np.stack([IDS, IDS[:, ::-1]], -1) if name in ON_WINDOWS else IDS


@pytest.fixture(params=LAYERS)
def name(request):
    return request.param


def close(found, expected, **tolerance):
    found, expected = map(ops.convert_to_numpy, (found, expected))
    np.testing.assert_allclose(found, expected, atol=1e-5, **tolerance)


def test_a_summary_knows_every_shape(name):
    lines = []
    functional(name).summary(print_fn=lines.append)
    assert "?" not in "".join(lines)


@pytest.mark.xla  # as it is where nothing else is asked for
def test_it_is_fitted_cloned_saved_and_reads_any_length(name, tmp_path):
    model, ids = functional(name), ids_for(name)
    model.compile("adam", "mse")
    model.fit(ids, np.zeros_like(model.predict(ids, verbose=0)), verbose=0)
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    whole = model.predict(ids, verbose=0)
    for time in (1, 7, 3):
        found = model.predict(ids[:, :time], verbose=0)
        close(found, whole[:, :time])  # it never looks ahead
        for twin in (clone, again):
            close(twin.predict(ids[:, :time], verbose=0), found)


def test_it_stands_in_a_sequential_model(name):
    model = keras.Sequential(layers_around(name))
    found = model(ids_for(name))
    assert model.output_shape[2:] == found.shape[2:]
    assert model.output_shape[:2] == (None, None)


@pytest.mark.filterwarnings("ignore:Layer")  # which says so
@pytest.mark.parametrize("mode", ["int8", "float8"])
def test_a_quantised_model_leaves_the_layer_as_it_is(name, mode):
    x = RNG.normal(size=(2, 3, 4)) if name in ON_VECTORS else ids_for(name)
    model = keras.Sequential([LAYERS[name]()])
    before = model(x)
    model.quantize(mode)
    assert not model.layers[0].quantization_mode
    close(model(x), before)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of TensorFlow")
def test_tf_data_of_any_time_and_a_step_of_one_s_own(name):
    import tensorflow as tf

    model, ids = functional(name), ids_for(name)
    shapes = tf.TensorSpec((None, None, *ids.shape[2:]), tf.int32)
    batches = [ids[:, :time] for time in (3, 7, 1)]
    data = tf.data.Dataset.from_generator(lambda: batches, output_signature=shapes)
    sizes = [model(batch).shape for batch in data]
    assert [size[1] for size in sizes] == [3, 7, 1]
    pairs = data.map(lambda ids: (ids, tf.zeros_like(model(ids))))
    model.compile("sgd", "mse", jit_compile=False)
    model.fit(pairs.repeat(), steps_per_epoch=3, shuffle=False, verbose=0)
    optimizer, losses = keras.optimizers.Adam(0.01), []
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(ids, training=False) - 1) ** 2)
        losses.append(float(loss))
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables, strict=True))
    assert losses[-1] < losses[0]


def test_its_picture_is_drawn(name, tmp_path):
    pytest.importorskip("pydot")
    try:
        keras.utils.plot_model(functional(name), tmp_path / "model.png")
    except ImportError:
        pytest.skip("there is no graphviz")
    assert (tmp_path / "model.png").stat().st_size


@pytest.mark.parametrize("name", RECURRENT)
@pytest.mark.parametrize(
    "options",
    [
        {"return_sequences": False},
        {"return_state": True, "go_backwards": True},
        {"kernel_initializer": "he_normal", "recurrent_initializer": "zeros"},
        {"bias_initializer": "ones", "kernel_regularizer": keras.regularizers.L2(0.1)},
        {"zero_output_for_mask": True, "weight_drop": 0.5, "seed": 3},
    ],
)
def test_the_configuration_keeps_every_argument(name, options):
    layer = RECURRENT[name](**options)
    shapes = layer.compute_output_shape((2, None, 4))
    config = keras.saving.serialize_keras_object(layer)
    twin = keras.saving.deserialize_keras_object(config)
    assert keras.saving.serialize_keras_object(twin) == config
    x = RNG.normal(size=(2, 3, 4)).astype("float32")
    shown = keras.tree.flatten(layer(x))
    twin.build(x.shape)
    twin.set_weights(layer.get_weights())
    for one, two in zip(keras.tree.flatten(twin(x)), shown, strict=True):
        close(one, two)
    shapes = (
        shapes if isinstance(shapes, list | tuple) and layer.return_state else [shapes]
    )
    expected = [tuple(3 if n is None else n for n in shape) for shape in shapes]
    assert [tuple(one.shape) for one in shown] == expected
    assert len(layer.losses) == ("kernel_regularizer" in options)


@pytest.mark.parametrize("name", STOCK)
@pytest.mark.parametrize(
    "options",
    [
        {"bias_initializer": "ones"},
        {"kernel_initializer": keras.initializers.GlorotUniform(seed=1)},
        {"recurrent_initializer": keras.initializers.Orthogonal(seed=1)},
        {"kernel_regularizer": "l2", "recurrent_regularizer": "l1"},
        {"bias_regularizer": "l2", "bias_initializer": "ones"},
    ],
)
def test_what_is_given_for_a_weight_means_what_it_means_to_keras(name, options):
    ours, theirs = RECURRENT[name](**options), STOCK[name](5, **options)
    for layer in (ours, theirs):
        layer.build((2, 3, 4))
    if "kernel_regularizer" in options:
        ours.set_weights(theirs.get_weights())
    for number, argument in enumerate(("kernel", "recurrent", "bias")):
        if f"{argument}_initializer" in options:
            close(ours.get_weights()[number], theirs.get_weights()[number])
    close(sum(ours.losses, 0.0), sum(theirs.losses, 0.0))


@pytest.mark.parametrize("name", STOCK)
def test_a_stateful_layer_goes_on_as_keras_s_does(name):
    model = keras.Sequential(
        [keras.Input((3, 4), batch_size=2), RECURRENT[name](stateful=True)]
    )
    layer = model.layers[0]
    whole = STOCK[name](5, return_sequences=True)
    whole.build((2, 6, 4))
    assert len(layer.get_weights()) == 3  # states are no weights
    whole.set_weights(layer.get_weights())
    x = RNG.normal(size=(2, 6, 4)).astype("float32")
    expected = ops.convert_to_numpy(whole(x))
    for _ in range(2):
        close(model.predict(x[:, :3], verbose=0), expected[:, :3])
        close(model.predict(x[:, 3:], verbose=0), expected[:, 3:])
        layer.reset_state()
    model.compile("sgd", "mse")
    model.fit(x[:, :3], expected[:, 3:], epochs=2, batch_size=2, verbose=0)
    with pytest.raises(UsageError, match="reads the 2 rows it was built with"):
        layer(x[:1])
    with pytest.raises(UsageError, match="a `batch_size`"):
        RECURRENT[name](stateful=True)(keras.Input((3, 4)))


@pytest.mark.parametrize("name", RECURRENT)
def test_wrapped_in_both_directions_it_is_saved(name, tmp_path):
    x = ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(WORDS, 4, mask_zero=True)(x)
    x = keras.layers.Bidirectional(RECURRENT[name](seed=1))(x)
    x = keras.layers.Bidirectional(RECURRENT[name](return_sequences=False))(x)
    model = keras.Model(ids, x)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    shown = model.predict(IDS, verbose=0)
    close(again.predict(IDS, verbose=0), shown)
    padded = np.pad(IDS, ((0, 0), (0, 2)))
    close(model.predict(padded, verbose=0), shown)  # padding changes nothing


def test_one_tensor_is_the_state_of_one():
    layer, x = GRU(5), RNG.normal(size=(2, 3, 4)).astype("float32")
    state = RNG.normal(size=(2, 5)).astype("float32")
    close(layer(x, initial_state=state), layer(x, initial_state=[state]))
    with pytest.raises(UsageError, match="needs the states h, c; received 1"):
        LSTM(5)(x, initial_state=state)


@pytest.mark.parametrize("name", RECURRENT)
def test_it_reads_on(name):
    layer, x = RECURRENT[name](), RNG.normal(size=(2, 6, 4)).astype("float32")
    whole = ops.convert_to_numpy(layer(x))
    first, state = layer.read(x[:, :4], layer.get_initial_state(2))
    second, _ = layer.read(x[:, 4:], state)
    close(np.concatenate([*map(ops.convert_to_numpy, (first, second))], 1), whole)
    # the first four steps alone, whichever way they are asked for
    _, by_length = layer.read(x, layer.get_initial_state(2), length=4)
    mask = ops.convert_to_tensor(np.arange(6)[None] < np.array([[4], [4]]))
    _, by_mask = layer.read(x, layer.get_initial_state(2), mask=mask)
    for one, two, three in zip(state, by_length, by_mask, strict=True):
        close(two, one)
        close(three, one)


def test_an_old_configuration_still_opens():
    old = {"units": 5, "return_state": True, "weight_drop": 0.0, "seed": None}
    assert LSTM.from_config(old).return_sequences
    cell = {"name": "lstm", "units": 5}
    assert Recurrent.from_config({"cell": cell, "return_state": False}).units == 5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LSTM(5, unroll=True), "`unroll=True`; keras.layers.LSTM has it"),
        (lambda: GRU(5, dropout=0.2), "`dropout=0.2`; keras.layers.GRU has it"),
        (
            lambda: SimpleRNN(5, recurrent_dropout=0.2),
            "`recurrent_dropout=0.2`; keras.layers.SimpleRNN has it",
        ),
        (lambda: SimpleRNN(5, activation="relu"), "keras.layers.SimpleRNN"),
    ],
)
def test_what_keras_has_alone_is_refused_in_a_line_that_says_where_it_is(make, message):
    with pytest.raises(UsageError, match=message) as refused:
        make()
    assert "\n" not in str(refused.value)


def test_what_keras_s_own_layer_does_anyway_may_be_asked_for():
    config = keras.layers.LSTM(5, return_sequences=True).get_config()
    assert LSTM.from_config(config).units == 5


@pytest.mark.parametrize("kind", [OneHot, OneHotDense, MultiHotDense])
@pytest.mark.parametrize("wrong", [-1, WORDS, 2**31 - 1])
def test_an_id_outside_the_vocabulary_never_reads_another_word(kind, wrong):
    layer = kind(WORDS) if kind is OneHot else kind(3, WORDS)
    ids = np.array([[[0, 1], [2, wrong]]], np.int32)
    expected = ops.convert_to_numpy(layer(np.array([[[0, 1]]])))
    with pytest.raises(UsageError, match=rf"between 0 and 5; received {wrong}"):
        layer(ids)
    if keras.backend.backend() != "torch":  # which computes eagerly
        network = keras.Sequential([keras.Input((1, 2), dtype="int32"), layer])
        found = network.predict(ids.reshape(2, 1, 2), verbose=0)
        close(found[:1], expected)
        assert np.isnan(found[1]).any()


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float16", "float32"])
@pytest.mark.parametrize("name", ON_WINDOWS)
def test_ids_of_any_type(name, dtype):
    layer = ON_WINDOWS[name]()
    ids = IDS[:, :6].reshape(4, 3, 2)
    close(layer(ids.astype(dtype)), layer(ids))


def test_a_large_id_survives_half_precision():
    layer = OneHotDense(2, 4000, dtype="mixed_float16")
    ids = np.array([[[3001]]])
    close(layer(ids.astype("float32")), layer(ids))  # 3001 is no number of float16
