"""Where a GPU is at hand, Keras's own layer calls cuDNN, with our weights.

No GPU is needed: what Keras calls is replaced by cuDNN's equations.
"""

import keras
import numpy as np
import pytest

import keraslm
from keraslm.kernels import keras_sequence
from keraslm.layers import GRU, LSTM, SimpleRNN
from keraslm.models import KerasLanguageModel, RecurrentModel
from keraslm.text.batches import VariedWindows, Windows
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.carried import CarriedModel
from keraslm.training.fit import batch
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration
from tests.kernels.cudnn import stand_in

pytestmark = pytest.mark.backends
if keras.backend.backend() == "torch":
    pytest.skip("torch calls cuDNN itself", allow_module_level=True)

BATCH, TIME, FEATURES, UNITS = 3, 5, 4, 6
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"
CELLS = {"gru": GRU, "lstm": LSTM}


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
    assert RecurrentModel(9, cell, 6, 8, 1).suits_xla
    on_gpu()
    assert RecurrentModel(9, cell, 6, 8, 1).suits_xla == (not ON_TENSORFLOW)


def trained(cell, windows):
    """Train two layers for some steps from the same start; give loss and weights."""
    network = RecurrentModel(12, cell, 6, 8, 2)
    network.build_weights()
    rng = np.random.default_rng(5)
    network.set_weights([rng.normal(0, 0.4, w.shape) for w in network.get_weights()])
    model = CarriedModel(network, windows.rows, windows.full)
    options = Configuration(optimizer="sgd", learning_rate=0.5)
    model.compile(new_optimizer(options), jit_compile=network.suits_xla)
    for number in range(4):
        model.train_on_batch(*batch(windows, None, number, 0))
    nats, tokens = model.nats_and_tokens
    return [nats / tokens, *network.get_weights()]


@pytest.mark.parametrize("windows", [Windows, VariedWindows])
def test_training_goes_the_same_way(cell, windows, on_gpu):
    ids = np.random.default_rng(2).integers(2, 12, 300)
    texts = windows(ids, 1, 4, 8)
    expected = trained(cell, texts)
    lengths = on_gpu()
    close(trained(cell, texts), expected)
    whole = windows is Windows or ON_TENSORFLOW
    assert (texts.width in lengths) == (whole and has_cudnn(cell))


def test_a_saved_model_is_opened_with_and_without_a_gpu(cell, on_gpu, tmp_path):
    tokenizer = tokenizer_named("char")
    vocabulary = Vocabulary.build(tokenizer.count(["abba"]), "char")
    network = RecurrentModel(len(vocabulary), cell, 6, 8, 2)
    network.build_weights()
    file = tmp_path / "model.keras"
    KerasLanguageModel(network, TextEncoder(tokenizer, vocabulary), cell).save(file)
    expected = keraslm.load(file).score("baab").log_probabilities
    on_gpu()
    model = keraslm.load(file)
    np.testing.assert_allclose(
        model.score("baab").log_probabilities, expected, atol=1e-5
    )
    model.save(file)
    assert len(keraslm.load(file).keras_model.weights) == len(network.weights)
