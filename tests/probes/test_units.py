"""What units hold: the states of a stream, and of the layers when they are run."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from keraslm.cells.stack import hand_on
from keraslm.errors import UsageError
from keraslm.models import KerasLanguageModel
from keraslm.probes import activations
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.text.vocabulary import Vocabulary

TEXT = "abcab\ncba"


@pytest.fixture
def model(network):
    vocabulary = Vocabulary.build(dict.fromkeys("\nabc", 1), "char")
    encoder = TextEncoder(tokenizer_named("char"), vocabulary)
    return KerasLanguageModel(network, encoder, "small")


def test_they_are_the_states_of_a_stream(model):
    states = model.keras_model.recurrent[0].cell.states
    for number in range(len(model.keras_model.recurrent)):
        for k, state in enumerate(states):
            found = activations(model, TEXT, layer=number + 1, state=state)
            stream, expected = model.stream(), []
            for token_id in model.encoder.encode(TEXT).tolist():
                stream.push(token_id)
                expected.append(stream.state[0][number][k])
            np.testing.assert_array_equal(found.values, expected)


@pytest.mark.backends
def test_they_are_what_the_layers_give(model):
    network = model.keras_model
    ids = model.encoder.encode(TEXT).astype(np.int32)
    residual = network.architecture.arguments["residual"]
    hidden = network.embed(np.array([[1, *ids]]))
    for number, layer in enumerate(network.recurrent):
        start = layer.get_initial_state(1)
        shown = layer(hidden)
        expected = keras.ops.convert_to_numpy(shown[0, 1:])
        found = activations(model, ids, layer=number + 1)
        np.testing.assert_allclose(found.values, expected, atol=1e-5)
        if len(layer.cell.states) == 2:
            parts = [hidden[:, : t + 2] for t in range(len(ids))]
            cells = [layer.read(part, start)[1][1][0] for part in parts]
            cells = [keras.ops.convert_to_numpy(c) for c in cells]
            found = activations(model, TEXT, layer=number + 1, state="c")
            np.testing.assert_allclose(found.values, cells, atol=1e-5)
        hidden = hand_on(hidden, shown, residual)


def test_one_unit_and_its_table(model):
    every = activations(model, TEXT)
    one = activations(model, TEXT, unit=2)
    assert one.values.tolist() == every.values[:, 2:].tolist()
    table = one.table()
    assert table.columns.tolist() == ["token", "unit 2"]
    assert table["token"].tolist() == [*TEXT]
    assert table["unit 2"].tolist() == every.values[:, 2].tolist()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": 0}, "layer must lie from 1 to 1; received 0"),
        ({"unit": 3}, "unit must lie from 0 to 2; received 3"),
        ({"state": "c"}, "state must be h in a model of cell rnn; received 'c'"),
    ],
)
@pytest.mark.parametrize("network", ["rnn"], indirect=True)
def test_what_is_refused(model, options, message):
    with pytest.raises(UsageError, match=message):
        activations(model, TEXT, **options)


def test_the_package_is_imported_quickly():
    code = "import keraslm.probes, sys; print({'keras', 'tensorflow'} & {*sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "set()\n"
