"""Files of the shapes that passed Keras's safe mode, here refused before it is asked.

CVE-2025-1550, -8747, -9905, -9906, -12058, -49655 and CVE-2026-1462.
"""

import io
import json

import h5py
import pytest

from keraslm.adoption import adopt
from keraslm.files.members import write_members


def layer(class_name, module="keras.layers", **config):
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": None,
    }


def function(module, name):
    """Name a function as Keras serialises one."""
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": name,
    }


ATTACKS = {
    "CVE-2025-1550, a function of any module": layer(
        "Lambda", function=function("os", "system"), arguments={"command": "id"}
    ),
    "CVE-2025-1550, a class of any module": layer("Popen", "subprocess", args=["id"]),
    "CVE-2025-8747, Keras's own download": layer(
        "Lambda",
        function=function("keras.src.utils.file_utils", "get_file"),
        arguments={"origin": "http://127.0.0.1:9/x", "extract": True},
    ),
    "CVE-2025-8747, as an activation": layer(
        "Dense",
        units=3,
        activation=function("keras.src.utils.file_utils", "get_file"),
    ),
    "CVE-2025-9906, unsafe loading switched on": layer(
        "Lambda", function=function("keras.config", "enable_unsafe_deserialization")
    ),
    "CVE-2025-9906, within the model": layer(
        "enable_unsafe_deserialization", "keras.config"
    ),
    "CVE-2025-12058, a vocabulary of a local file": layer(
        "StringLookup", vocabulary="/etc/passwd"
    ),
    "CVE-2025-12058, a vocabulary from the network": layer(
        "IntegerLookup", vocabulary="http://127.0.0.1:9/x"
    ),
    "CVE-2025-49655, pickled torch modules": layer(
        "TorchModuleWrapper", module="gASVJAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU"
    ),
    "CVE-2026-1462, a SavedModel elsewhere": layer(
        "TFSMLayer", filepath="/tmp/elsewhere"
    ),
    "marshalled code": layer(
        "Lambda",
        function={"class_name": "__lambda__", "config": {"value": "4wEA"}},
    ),
}


@pytest.fixture(params=ATTACKS, ids=lambda name: name.replace(" ", "-"))
def attack(request):
    return ATTACKS[request.param]


def within(attack):
    """Put a layer into a Sequential model."""
    start = layer("InputLayer", batch_shape=[None, 4], dtype="int32", name="ids")
    own = {**attack, "config": {**attack["config"], "name": "attack"}}
    return layer("Sequential", "keras", name="model", layers=[start, own])


@pytest.fixture
def tokens(tmp_path):
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps(list("\nabc")), encoding="utf-8")
    return path


def weights():
    data = io.BytesIO()
    with h5py.File(data, "w") as file:
        file.create_group("layers")
    return data.getvalue()


def test_an_adopted_file_of_that_shape_is_refused(attack, tokens, tmp_path, refused):
    path = tmp_path / "model.keras"
    members = {
        "metadata.json": b"{}",
        "config.json": json.dumps(within(attack)).encode(),
        "model.weights.h5": weights(),
    }
    write_members(path, members)
    refused(
        path,
        "only layers of Keras and keraslm|reads text",
        lambda path: adopt(path, tokens),
    )


@pytest.mark.parametrize("place", ["model", "softmax", "dtype", "network"])
def test_a_model_file_of_that_shape_is_refused(
    attack, place, tmp_path, network, refused, rewritten, changed
):
    own = json.loads(network["config.json"])
    if place == "model":
        data = json.dumps(attack).encode()
    elif place == "network":  # of what claims to be an adopted model
        config = {"network": within(attack), "places": [0, 1, 2, 3], "scores": "logits"}
        adopted = {
            "module": "keraslm.models.adopted",
            "class_name": "AdoptedWindow",
            "registered_name": "keraslm>AdoptedWindow",
            "config": {**config, "unknown": [], "given": [0] * 5, "context": 4},
        }
        data = json.dumps(adopted).encode()
    else:
        config = {**own["config"], place: attack}
        data = changed(network["config.json"], config=config)
    path = rewritten(tmp_path / "model.keras", network, {"config.json": data})
    refused(
        path,
        "of keraslm|must be the name of|only layers of Keras and keraslm|reads text",
    )


def test_cve_2025_9905_an_hdf5_file_is_not_opened_at_all(tmp_path, tokens, refused):
    path = tmp_path / "model.keras"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(within(ATTACKS["marshalled code"]))
    refused(path, "is an HDF5 file")
    refused(path, "is an HDF5 file", lambda path: adopt(path, tokens))
