"""Where a GPU is at hand, Keras's own layer calls cuDNN, with our weights.

No GPU is needed: what Keras calls is replaced by cuDNN's equations.
"""

import keras
import numpy as np
import pytest

import keraslm
from keraslm.kernels import keras_sequence
from keraslm.layers import GRU, LSTM, SimpleRNN
from keraslm.models import recurrent
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from tests.kernels.cudnn import stand_in

pytestmark = [pytest.mark.backends, pytest.mark.xla]
if keras.backend.backend() == "torch":
    pytest.skip("torch calls cuDNN itself", allow_module_level=True)

BATCH, TIME, FEATURES, UNITS = 3, 5, 4, 6
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
CELLS = {"gru": GRU, "lstm": LSTM}
TOKENS, _ = TextEncoder.learn(tokenizer_named("char"), "abcdefghij\n")


@pytest.fixture
def on_gpu(monkeypatch):
    """Say from now on that there is a GPU; gives how long what cuDNN reads is."""

    def begin():
        monkeypatch.setattr(keras_sequence, "has_gpu", lambda: True)
        return stand_in(monkeypatch)

    return begin


@pytest.fixture(params=CELLS)
def cell(request):
    return request.param


def has_cudnn(cell):
    """Say whether Keras calls cuDNN for it: on JAX it does for LSTMs alone."""
    return ON_TENSORFLOW or cell == "lstm"


def new_layer(cell, **options):
    layer = CELLS[cell](UNITS, return_state=True, **options)
    layer.build((BATCH, TIME, FEATURES))
    rng = np.random.default_rng(0)
    layer.set_weights([rng.normal(0, 0.7, w.shape) for w in layer.get_weights()])
    return layer


def read_by(layer, **options):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    states = rng.normal(size=(len(layer.cell.states), BATCH, UNITS)).astype("float32")
    found = layer(x, initial_state=list(states), **options)
    return [keras.ops.convert_to_numpy(array) for array in found]


def close(found, expected):
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("options", [{}, {"weight_drop": 0.5, "seed": 3}], ids=str)
def test_keras_reads_the_same(cell, options, on_gpu):
    expected = read_by(new_layer(cell, **options), training=True)
    lengths = on_gpu()
    close(read_by(new_layer(cell, **options), training=True), expected)
    assert lengths == ([TIME] if has_cudnn(cell) else [])


def test_the_first_steps_alone(cell, on_gpu):
    shown, *last = read_by(new_layer(cell), length=2)
    lengths = on_gpu()
    shown_too, *last_too = read_by(new_layer(cell), length=2)
    close([shown_too[:, :2], *last_too], [shown[:, :2], *last])
    assert lengths == ([TIME] if ON_TENSORFLOW else [])


def test_a_simple_network_has_a_loop_alone(on_gpu):
    on_gpu()
    assert SimpleRNN(UNITS).supports_jit


def test_xla_is_left_out_where_it_could_not_call_cudnn(cell, on_gpu):
    assert recurrent(9, cell, units=8).suits_xla
    on_gpu()
    assert recurrent(9, cell, units=8).suits_xla == (not ON_TENSORFLOW)


def new_network(tokens, cell):
    return recurrent(tokens, cell, embedding=6, units=8, layers=2)


def trained(cell, windows):
    """Train two layers for an epoch from the same start; give figures and weights."""
    network = new_network(TOKENS, cell)
    rng = np.random.default_rng(5)
    network.set_weights([rng.normal(0, 0.4, w.shape) for w in network.get_weights()])
    network.compile(keras.optimizers.SGD(0.5))
    history = network.fit(windows, verbose=0).history
    return [*history.values(), *network.get_weights()]


@pytest.mark.parametrize("vary_time", [False, True])
def test_training_goes_the_same_way(cell, vary_time, on_gpu):
    ids = np.random.default_rng(2).integers(2, len(TOKENS.vocabulary), 300)

    def windows():
        return keraslm.Windows(ids, TOKENS, 4, 8, vary_time=vary_time)

    expected = trained(cell, windows())
    lengths = on_gpu()
    close(trained(cell, windows()), expected)
    whole = not vary_time or ON_TENSORFLOW
    width = windows()[0][1].shape[1]
    assert (width in lengths) == (whole and has_cudnn(cell))


def test_a_saved_model_is_opened_with_and_without_a_gpu(cell, on_gpu, tmp_path):
    network, file = new_network(TOKENS, cell), tmp_path / "model.keras"
    network.save(file)
    expected = keraslm.load(file).score("baab").log_probabilities
    on_gpu()
    model = keraslm.load(file)
    np.testing.assert_allclose(
        model.score("baab").log_probabilities, expected, atol=1e-5
    )
    model.save(file)
    assert len(keraslm.load(file).keras_model.weights) == len(network.weights)
