"""A file of unknown origin: nothing but Keras's own layers is opened."""

import json
import zipfile

import keras
import pytest
from keras import layers

import keraslm
from keraslm.adoption import adopt
from keraslm.errors import ModelFileError, UsageError
from keraslm.models.foreign import check_stock, open_foreign


def rewritten(path, change, member="config.json"):
    """Change the configuration in a Keras file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    configuration = json.loads(members[member])
    change(configuration)
    members[member] = json.dumps(configuration).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def hostile(configuration):
    """Make the last layer one that runs code as it is made."""
    configuration["config"]["layers"][-1] |= {
        "module": "subprocess",
        "class_name": "getoutput",
        "registered_name": None,
    }


def test_a_class_of_another_module_is_refused(saved):
    _, path, tokens = saved("id_window")
    rewritten(path, hostile)
    with pytest.raises(ModelFileError, match="subprocess: getoutput"):
        adopt(path, tokens)


def test_an_adopted_file_is_opened_as_carefully(saved, tmp_path):
    _, path, tokens = saved("id_window")
    adopt(path, tokens).save(tmp_path / "model.keras")
    rewritten(tmp_path / "model.keras", lambda c: hostile(c["config"]["network"]))
    with pytest.raises(ModelFileError):
        keraslm.load(tmp_path / "model.keras")


def test_a_lambda_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x: x)])
    model.save(tmp_path / "m.keras")
    with pytest.raises(ModelFileError, match="Lambda"):
        open_foreign(tmp_path / "m.keras")


@pytest.mark.parametrize(
    "named",
    [
        {"module": "builtins", "class_name": "function", "config": "eval"},
        {"module": None, "class_name": "__lambda__", "config": {}},
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": {}},
        {"module": "keras.src.utils", "class_name": "get_file", "config": {}},
        {"module": "keras.layers.x", "class_name": "Dense", "config": {}},
        {"module": "keras", "class_name": "Dense", "registered_name": "evil>Dense"},
        {"module": ["keras"], "class_name": "Dense"},
        {"module": "keras.initializers", "class_name": "__import__"},
    ],
)
def test_only_stock_layers_pass_however_deep(named):
    with pytest.raises(ModelFileError, match="only layers of Keras and"):
        check_stock({"config": {"layers": [{"config": {"cell": [named]}}]}}, "it")


def reads_text():
    words = layers.TextVectorization(vocabulary=["a", "b"])
    return [keras.Input((), dtype="string"), words, layers.Embedding(4, 4)]


def looks_up():
    look_up = layers.StringLookup(vocabulary=["a", "b"])
    return [keras.Input((None,), dtype="string"), look_up, layers.Embedding(3, 3)]


@pytest.mark.parametrize("build", [reads_text, looks_up])
def test_a_layer_that_reads_text_is_to_be_cut_off(tmp_path, build):
    model = keras.Sequential(build())
    model.save(tmp_path / "m.keras")
    name = type(model.layers[0]).__name__
    with pytest.raises(ModelFileError, match=f"{name} reads text; cut it off") as said:
        open_foreign(tmp_path / "m.keras")
    assert "get_vocabulary()" in str(said.value)


def test_hdf5_is_refused_with_the_way_out(tmp_path):
    (tmp_path / "m.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(ModelFileError, match=r"save\('new.keras'\)"):
        open_foreign(tmp_path / "m.h5")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive at all"])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "m.keras").write_bytes(content)
    with pytest.raises(ModelFileError, match="not a whole model file"):
        open_foreign(tmp_path / "m.keras")


def test_a_file_cut_anywhere_is_refused(saved):
    _, path, _ = saved("id_window")
    data = path.read_bytes()
    for size in range(0, len(data), 4000):
        path.write_bytes(data[:size])
        with pytest.raises(ModelFileError):
            open_foreign(path)


def test_a_missing_file_is_a_mistake(tmp_path):
    with pytest.raises(UsageError, match="there is no model file"):
        open_foreign(tmp_path / "m.keras")
