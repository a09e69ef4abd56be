import io
import json
import zipfile

import numpy as np
import pytest

import keraslm
from keraslm.counts.model import NgramModel
from keraslm.errors import ModelFileError, UsageError
from keraslm.files import archive
from keraslm.files.members import write_members
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

DESCRIPTION = {
    "kind": "counts",
    "name": "ngram-2",
    "encoder": {"tokenizer": "char", "vocabulary": "天地玄黃"},
    "metadata": {"epochs": 3},
}
ARRAYS = {
    "counts-1": np.array([0, 2, 3], dtype=np.uint8),
    "weights": np.array([[0.5, -np.inf]]),
    "empty": np.zeros(0, dtype=np.int64),
}


def to_npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def add(path, name, data):
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(name, data)


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.keras"
    archive.write_model(path, DESCRIPTION, ARRAYS)
    return path


def with_description(path, data):
    write_members(path, {archive.DESCRIPTION: data})
    return path


def refused(path):
    """The one line that says why."""
    with pytest.raises(ModelFileError) as error:
        archive.read_description(path)
        archive.read_arrays(path)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_was_written_is_read(model):
    assert archive.read_description(model) == {
        "format_version": archive.FORMAT_VERSION,
        **DESCRIPTION,
    }
    arrays = archive.read_arrays(model)
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_the_same_model_is_the_same_bytes(model, tmp_path):
    archive.write_model(tmp_path / "again.keras", DESCRIPTION, ARRAYS)
    assert (tmp_path / "again.keras").read_bytes() == model.read_bytes()


def test_a_run_folder_is_its_model(model, tmp_path):
    assert archive.read_description(tmp_path)["name"] == "ngram-2"
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"model\.keras"):
        archive.read_description(tmp_path / "empty")


def test_a_missing_file_is_a_wrong_argument(tmp_path):
    with pytest.raises(UsageError, match="no model file"):
        archive.read_description(tmp_path / "nothing.keras")


@pytest.mark.parametrize("part", [0, 0.02, 0.5, 0.99])
def test_a_file_cut_short_is_damaged(model, part):
    data = model.read_bytes()
    model.write_bytes(data[: int(part * len(data))])
    assert "not a whole model file" in refused(model)


def test_a_text_is_no_model(tmp_path):
    path = tmp_path / "text.keras"
    path.write_text("a b a b\n" * 100)
    assert "not a whole model file" in refused(path)


def test_a_changed_byte_is_found(model):
    data = bytearray(model.read_bytes())
    data[data.index(b"\x00\x02\x03PK") + 1] = 7  # counts-1
    model.write_bytes(bytes(data))
    assert "damaged at keraslm/arrays/counts-1.npy" in refused(model)


@pytest.mark.parametrize("name", ["model.h5", "model.HDF5", "model.keras"])
def test_hdf5_is_refused_with_the_reason(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    message = refused(path)
    assert "pickled Python code" in message
    assert ".keras" in message


def test_another_file_called_h5_is_refused_too(model, tmp_path):
    assert "HDF5" in refused(model.rename(tmp_path / "model.h5"))


def test_a_plain_keras_file_has_no_vocabulary(tmp_path):
    path = tmp_path / "plain.keras"
    write_members(path, {"config.json": b"{}", "model.weights.h5": b""})
    assert "without a vocabulary" in refused(path)


def test_another_zip_is_no_model(tmp_path):
    path = tmp_path / "other.zip"
    write_members(path, {"readme.txt": b"hello"})
    assert "without a model" in refused(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format_version": 4}, "format version 4"),
        ({"format_version": None}, "format version None"),
        ({"kind": "pickle"}, "unknown kind 'pickle'"),
        ({"kind": ["counts"]}, "unknown kind"),
    ],
)
def test_an_unknown_version_or_kind_is_named(tmp_path, change, reason):
    data = json.dumps({"format_version": 1, **DESCRIPTION, **change}).encode()
    assert reason in refused(with_description(tmp_path / "model.keras", data))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[1]", b"3", b"[" * 100_000, b'{"kind": 1}']
)
def test_a_description_that_is_no_json_object_is_damaged(tmp_path, data):
    refused(with_description(tmp_path / "model.keras", data))


@pytest.mark.parametrize("key", ["name", "encoder", "metadata"])
def test_a_description_that_lacks_something_names_it(tmp_path, key):
    rest = {"format_version": 1, **DESCRIPTION}
    del rest[key]
    path = with_description(tmp_path / "model.keras", json.dumps(rest).encode())
    assert f"lacks '{key}'" in refused(path)


def test_a_huge_description_is_refused_before_it_is_read(monkeypatch, model):
    monkeypatch.setattr(archive, "LARGEST_DESCRIPTION", 50)
    assert "more than the 50" in refused(model)


def test_what_could_not_be_read_again_is_not_written(monkeypatch, tmp_path):
    monkeypatch.setattr("keraslm.files.zip_archive.MOST_VALUES", 3)
    with pytest.raises(UsageError, match="vocabulary is too large"):
        archive.write_model(tmp_path / "model.keras", DESCRIPTION, ARRAYS)
    assert not list(tmp_path.iterdir())


def test_an_array_packed_to_burst_is_refused(model):
    with zipfile.ZipFile(model, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("keraslm/arrays/bomb.npy", bytes(10**7))
    with pytest.raises(ModelFileError, match=r"bomb\.npy' is packed, and only text"):
        archive.read_arrays(model)


def test_objects_are_never_unpickled(model):
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    add(model, "keraslm/arrays/code.npy", buffer.getvalue())
    with pytest.raises(ModelFileError, match="damaged array"):
        archive.read_arrays(model)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an array",
        to_npy(np.arange(4))[:-1],
        to_npy(np.arange(4)).replace(b"(4,)", b"(9,)"),
        to_npy(np.array(["text"])),
    ],
)
def test_a_damaged_array_is_refused(model, data):
    add(model, "keraslm/arrays/bad.npy", data)
    with pytest.raises(ModelFileError, match="damaged array"):
        archive.read_arrays(model)


def test_keras_opens_its_archive_with_our_description_added(tmp_path):
    keras = pytest.importorskip("keras")
    path = tmp_path / "model.keras"
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    plain.save(path)
    described = archive.describe({**DESCRIPTION, "kind": "keras"})
    add(path, archive.DESCRIPTION, described)
    x = np.ones((1, 3), dtype=np.float32)
    again = keras.saving.load_model(path, safe_mode=True)
    same = [keras.ops.convert_to_numpy(model(x)) for model in (plain, again)]
    np.testing.assert_array_equal(*same)
    assert archive.read_description(path)["kind"] == "keras"


def test_a_model_of_more_orders_than_a_file_holds_is_not_written(tmp_path):
    encoder, ids = TextEncoder.learn(tokenizer_named("char"), "ab" * 300)
    model = NgramModel.train(encoder, ids, 300, "witten-bell")
    with pytest.raises(UsageError, match="1000 members at most; give a lower order"):
        model.save(tmp_path / "model.keras")
    assert not list(tmp_path.iterdir())


def test_half_a_surrogate_pair_in_a_models_json_is_one_line(tmp_path):
    encoder, ids = TextEncoder.learn(tokenizer_named("char"), "ab\n")
    path = tmp_path / "model.keras"
    NgramModel.train(encoder, ids, 2, "witten-bell").save(path)
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts[archive.DESCRIPTION] = parts[archive.DESCRIPTION].replace(
        b'"a"', rb'"\ud800"'
    )
    with zipfile.ZipFile(path, "w") as changed:
        for name, data in parts.items():
            changed.writestr(name, data)
    with pytest.raises(ModelFileError, match="holds half of a surrogate pair"):
        keraslm.load(path)


def test_a_token_that_cannot_be_written_is_no_token():
    with pytest.raises(UsageError, match=r"'.ud800' is no Unicode text"):
        TextEncoder.learn(tokenizer_named("char"), "ab\ud800\n")
