"""Networks that translate, of every kind, with random weights."""

import zipfile

import numpy as np
import pytest

from keraslm.files.weights import read_weights
from keraslm.tasks.translation.networks import new_network
from keraslm.tasks.translation.opening import new_reader
from keraslm.tasks.translation.shape import TranslatorShape

SOURCES, TARGETS = 9, 7
KINDS = [
    {"model": "lstm", "attention": "dot"},
    {"model": "lstm", "attention": "none", "layers": 2},
    {"model": "gru", "attention": "additive", "bidirectional": True, "layers": 2},
    {"model": "rnn", "attention": "dot", "bidirectional": True},
    {"model": "transformer", "layers": 2, "heads": 2},
]


def new(kind, scale=0.6):
    """A network with random weights, also of its biases, and its shape."""
    shape = TranslatorShape(**{"embedding": 6, "units": 8, **kind})
    network = new_network(shape, SOURCES, TARGETS)
    rng = np.random.default_rng(len(network.weights))
    network.set_weights([rng.normal(0, scale, w.shape) for w in network.weights])
    return network, shape


@pytest.fixture(
    scope="module", params=KINDS, ids=lambda kind: "-".join(map(str, kind.values()))
)
def network(request):
    return new(request.param)


@pytest.fixture(scope="module")
def reader(network, tmp_path_factory):
    """The same on NumPy."""
    keras_network, shape = network
    tmp_path = tmp_path_factory.mktemp("n")
    keras_network.save(tmp_path / "n.keras")
    zipfile.ZipFile(tmp_path / "n.keras").extract("model.weights.h5", tmp_path)
    arrays = read_weights(tmp_path / "model.weights.h5", "n.keras")
    return new_reader(shape, arrays, SOURCES, TARGETS, "n.keras")
