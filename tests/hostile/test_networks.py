"""Configurations that name what is not ours, or sizes without end."""

import json

import keras
import numpy as np
import pytest

import keraslm
import keraslm.layers
from keraslm.files.archive import DESCRIPTIONS

LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {"function": {"class_name": "__lambda__", "config": {"value": "4wEA"}}},
    "registered_name": None,
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (LAMBDA, "holds a keras.layers.Lambda, not a model of keraslm"),
        ({"module": "os", "class_name": "system"}, "holds a os.system, not a"),
        ({"module": "builtins", "class_name": "eval"}, "holds a builtins.eval"),
        ({"module": "keras.src.utils.file_utils"}, "not a model of keraslm"),
        ({"registered_name": "keraslm>LSTM"}, "not a model of keraslm"),
        ({"registered_name": "keraslm>None"}, "not a model of keraslm"),
        ({"registered_name": ["keraslm>CausalLM"]}, "not a model of keraslm"),
        ({"registered_name": None}, "not a model of keraslm"),
        ({"config": []}, "holds a network of kind None"),
    ],
)
def test_a_class_that_is_not_ours(
    tmp_path, network, changes, words, refused, rewritten, changed
):
    data = changed(network["config.json"], **changes)
    refused(rewritten(tmp_path / "model.keras", network, {"config.json": data}), words)


def test_code_in_a_lambda_does_not_run(tmp_path, network, refused, rewritten):
    """Keras marshals the code of a Lambda; what it would leave behind is not there."""
    marker = tmp_path / "marker"
    name = str(marker)
    layer = keras.layers.Lambda(lambda x: x + len(str(open(name, "w"))))  # noqa: PTH123, SIM115
    code = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    own = json.loads(network["config.json"])
    inside = {**own, "config": {**own["config"], "activation": code}}
    for config in (code, inside):
        data = json.dumps(config).encode()
        path = rewritten(tmp_path / "model.keras", network, {"config.json": data})
        refused(path, "not a model of keraslm|must be tanh, sigmoid or linear")
    assert not marker.exists()


TOUCH = {
    "module": "pathlib",
    "class_name": "function",
    "config": "Path.touch",
    "registered_name": "Path.touch",
}
READS_A_FILE = {
    "module": "keras.layers",
    "class_name": "StringLookup",
    "config": {"vocabulary": "/etc/passwd"},
    "registered_name": None,
}


OTHER_LAYER = {"class_name": "Y", "module": "keraslm.x", "registered_name": "keraslm>Y"}


def classes(last, **more):
    """Describe a class softmax of two words."""
    softmax = keraslm.layers.ClassSoftmax([0, 0])
    described = keras.saving.serialize_keras_object(softmax)
    return {**described, "config": {**described["config"], "classes": [0, last]} | more}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"activation": TOUCH}, "activation in its config must be tanh"),
        ({"cell": READS_A_FILE}, "cell in its config must be the name of a cell"),
        ({"softmax": OTHER_LAYER}, "a keraslm.x.Y, not a layer of keraslm"),
        ({"softmax": classes(10**12)}, "classes in its config must be class numbers"),
        ({"softmax": classes(7)}, "classes must be numbered"),
        ({"softmax": classes(0, units=10**9)}, "'units' that ClassSoftmax"),
        ({"softmax": [0, 0]}, "softmax in its config must be a softmax"),
        ({"units": [[LAMBDA]]}, "units in its config must be a whole number"),
        ({"dtype": LAMBDA}, "dtype in its config must be the name of a number format"),
        (
            {"dtype": {"class_name": "DTypePolicy", "config": {"name": TOUCH}}},
            "dtype in its config must be the name of a number format",
        ),
        (
            {"dtype": "string"},
            "dtype in its config must be the name of a number format",
        ),
        ({"name": "x" * 101}, "name in its config must be a name"),
        (
            {"dropout": float("nan")},
            "dropout in its config must be a share",
        ),
        ({"seed": 10**400}, "seed in its config must be a whole number"),
        ({"gates": 3}, "'gates' that CausalLM does not know"),
        ({"self": 3}, "'self' that CausalLM does not know"),
        ({"vocabulary_size": 10**9}, "they must be equal"),
        ({"vocabulary_size": None}, "vocabulary_size in its config must be"),
        ({"layers": 10**6}, "layers in its config must be from 1 to 64 layers"),
        ({"layers": 0}, "layers in its config must be from 1 to 64 layers"),
        ({"layers": "many"}, "layers in its config must be from 1 to 64 layers"),
        ({"layers": 3}, r"asks for weights layers/lstm_1/vars/0 .* it has none"),
        ({"units": 10**7}, r"asks for weights .* and it has \(2, 12\)"),
        ({"units": 999}, r"asks for weights .* and it has \(2, 12\)"),
        ({"embedding": 10**7}, r"asks for weights embed/vars/0"),
        ({"units": -3}, "units in its config must be a whole number from 1 on"),
        ({"units": 2.5}, "units in its config must be a whole number from 1 on"),
        ({"tied": True}, "weights"),
        ({"cell": "gru"}, "asks for weights layers/gru/vars/0"),
        ({"cell": "../lstm"}, "cell must be one of"),
        ({"activation": "sigmoid"}, "activation"),
    ],
)
def test_a_configuration_of_wrong_values(
    tmp_path, network, changes, words, refused, rewritten, changed
):
    old = json.loads(network["config.json"])
    data = changed(network["config.json"], config={**old["config"], **changes})
    refused(rewritten(tmp_path / "model.keras", network, {"config.json": data}), words)


def test_a_configuration_that_lacks_what_has_a_default(
    tmp_path, network, rewritten, changed
):
    old = json.loads(network["config.json"])
    new_since = ("weight_drop", "tied", "residual", "seed", "dtype")
    kept = {k: v for k, v in old["config"].items() if k not in new_since}
    data = changed(network["config.json"], config=kept)
    path = rewritten(tmp_path / "model.keras", network, {"config.json": data})
    whole = rewritten(tmp_path / "whole.keras", network)
    both = [
        keraslm.load(file).log_probabilities(np.array([2, 3, 1]))
        for file in (path, whole)
    ]
    np.testing.assert_array_equal(*both)


def test_a_member_that_is_missing(tmp_path, network, counts, refused, rewritten):
    path = tmp_path / "model.keras"
    refused(rewritten(path, network, {"config.json": None}), "has no config.json")
    refused(rewritten(path, network, {"model.weights.h5": None}), "weights.h5")
    refused(rewritten(path, network, {DESCRIPTIONS[1]: None}), "no vocabulary|without")
    lost = {k: v for k, v in counts.items() if "words-2" not in k}
    refused(rewritten(path, lost), "words-2 is missing")
