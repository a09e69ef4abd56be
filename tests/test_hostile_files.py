"""Model files that somebody made to do harm: each is refused in one line."""

import io
import json
import pathlib
import random
import struct
import time
import tracemalloc
import zipfile

import h5py
import keras
import numpy as np
import pytest

import keraslm
from keraslm import archive
from keraslm.counts.model import NgramModel
from keraslm.errors import KeraslmError, ModelFileError
from keraslm.models import KerasLanguageModel, RecurrentModel
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

TEXT = "a b a b\na c\n"
SECONDS, MEGABYTES = 5, 200


@pytest.fixture(scope="module")
def encoded():
    return TextEncoder.learn(tokenizer_named("char"), TEXT)


@pytest.fixture(scope="module")
def network(encoded, tmp_path_factory):
    """The members of a network's file."""
    encoder, _ = encoded
    model = RecurrentModel(len(encoder.vocabulary), "lstm", 2, 3, layers=1)
    model.build_weights()
    path = tmp_path_factory.mktemp("network") / "model.keras"
    KerasLanguageModel(model, encoder, "lstm").save(path)
    return members_of(path)


@pytest.fixture(scope="module")
def counts(encoded, tmp_path_factory):
    """The members of a count model's file."""
    path = tmp_path_factory.mktemp("counts") / "model.keras"
    NgramModel.train(*encoded, order=2).save(path)
    return members_of(path)


def members_of(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def refused(path, words):
    """Say why a file is refused: in one line, soon, and with little memory."""
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(ModelFileError, match=words) as caught:
        keraslm.load(path)
    seconds, peak = time.perf_counter() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < len(str(path)) + 400
    assert seconds < SECONDS
    assert peak < MEGABYTES * 10**6


def rewritten(path, members, **changes):
    """Write members, of which some are changed or, with None, left out."""
    named = {
        name.replace("__", "/").replace("_dot_", "."): changes[name] for name in changes
    }
    kept = {k: v for k, v in {**members, **named}.items() if v is not None}
    archive.write_members(path, kept)
    return path


def changed(data, **changes):
    """Give JSON with some entries of a table changed."""
    return json.dumps({**json.loads(data), **changes}).encode()


# ---- the archive


def member(name, mode=0o100644):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (member("/etc/passwd"), "not plain and relative"),
        (member("../up"), "not plain and relative"),
        (member("keraslm/../../up"), "not plain and relative"),
        (member("keraslm\\up"), "not plain and relative"),
        (member("C:up"), "not plain and relative"),
        (member("keraslm/folder/"), "not plain and relative"),
        (member("keraslm/link", 0o120777), "is a link"),
        (member("keraslm/pipe", 0o010644), "is a link"),
        (member("assets/vocabulary.txt"), "has no member 'assets/vocabulary.txt'"),
        (member("keraslm/model.json"), "two members of one name"),
    ],
)
def test_a_member_that_is_not_plain(tmp_path, counts, info, words):
    path = rewritten(tmp_path / "model.keras", counts)
    with zipfile.ZipFile(path, "a") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *given, **named: None)
        file.writestr(info, b"/etc/passwd")
    refused(path, words)


def test_an_encrypted_member(tmp_path, counts):
    path = rewritten(tmp_path / "model.keras", counts)
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    refused(path, "is encrypted")


def test_a_member_packed_to_burst(tmp_path, counts):
    bomb = b'{"a": "' + b" " * 60_000_000 + b'"}'
    refused(
        rewritten(tmp_path / "model.keras", counts, keraslm__model_dot_json=bomb),
        "packed more than 200 times",
    )


def test_a_size_that_is_not_true(tmp_path, counts):
    path = rewritten(tmp_path / "model.keras", counts)
    data = bytearray(path.read_bytes())
    for signature, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = data.index(signature) + place
        data[at : at + 4] = struct.pack("<I", 100)
    path.write_bytes(data)
    refused(path, "is damaged at keraslm/model.json|is not JSON")


def test_members_that_overlap(tmp_path, counts):
    path = rewritten(tmp_path / "model.keras", counts)
    data = bytearray(path.read_bytes())
    entries = [i for i in range(len(data)) if data[i : i + 4] == b"PK\1\2"]
    data[entries[2] + 42 : entries[2] + 46] = data[entries[1] + 42 : entries[1] + 46]
    path.write_bytes(data)
    refused(path, "its members overlap")


def test_thousands_of_members(tmp_path, counts):
    many = {f"keraslm/{i}": b"" for i in range(1001)}
    refused(rewritten(tmp_path / "model.keras", {**counts, **many}), "more than 1000")
    more = {f"keraslm/{i:0200}": b"" for i in range(5000)}
    refused(rewritten(tmp_path / "model.keras", {**counts, **more}), "not a whole")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"a":' * 100_000, "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"a": [' + b"{}," * 1_000_001 + b"{}]}", "1,000,000 lists and tables"),
    ],
)
def test_json_that_is_too_much(tmp_path, counts, monkeypatch, data, words):
    monkeypatch.setattr("keraslm.members.BEST_PACKED", 10_000)
    path = tmp_path / "model.keras"
    refused(rewritten(path, counts, keraslm__model_dot_json=data), words)


# ---- what the description says


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format_version": 2}, "format version 2; this keraslm reads version 1"),
        ({"format_version": 0}, "format version 0"),
        ({"format_version": True}, "format version True"),
        ({"metadata": []}, "'metadata' in keraslm/model.json is no table"),
        ({"name": 3}, "'name' in keraslm/model.json is no text"),
        ({"name": "\x1b[2J"}, "is no plain text"),
        ({"encoder": "char"}, "'encoder' in keraslm/model.json is no table"),
        ({"order": 10**9}, "children-3 is missing"),
        ({"order": 0}, "order must be 1 or more"),
        ({"order": 1e308}, "order must be 1 or more"),
        ({"smoothing": {"name": "additive", "delta": -1}}, "delta must be 0 or more"),
        ({"smoothing": {"name": "additive", "delta": "nan"}}, "delta must be"),
        ({"smoothing": 3}, "damaged description"),
    ],
)
def test_a_description_of_wrong_values(tmp_path, counts, changes, words):
    data = changed(counts["keraslm/model.json"], **changes)
    path = tmp_path / "model.keras"
    refused(rewritten(path, counts, keraslm__model_dot_json=data), words)


@pytest.mark.parametrize(
    ("encoder", "words"),
    [
        ({}, "names no tokenizer"),
        ({"tokenizer": "pickle"}, "vocabulary is damaged"),
        ({"tokenizer": "char"}, "vocabulary is damaged: it is not a table"),
        ({"tokens": ["<unk>", "\n", "a", "a"]}, "occurs twice"),
        ({"tokens": ["<unk>", "\n", 3]}, "not a list of text"),
        ({"tokens": ["<unk>", "\n", "ab"]}, "must be one character"),
        ({"tokens": [], "counts": []}, "token 0 must be"),
        ({"tokens": ["<unk>", "\n"], "counts": [1]}, "need 2 counts"),
        ({"tokens": ["<unk>", "\n"], "counts": [1, -1]}, "counts of 0 or more"),
        ({"tokens": ["<unk>", "\n"], "counts": [1, 10**30]}, "vocabulary is damaged"),
        ({"tokens": ["<unk>", "\n", "a"]}, "must be equal"),
    ],
)
def test_a_vocabulary_that_is_none(tmp_path, network, encoder, words):
    if "tokens" in encoder:
        encoder = {"tokenizer": "char", "vocabulary": encoder}
    data = changed(network["keraslm/model.json"], encoder=encoder)
    path = tmp_path / "model.keras"
    refused(rewritten(path, network, keraslm__model_dot_json=data), words)


# ---- what a network's configuration names


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
        ({"registered_name": ["keraslm>RecurrentModel"]}, "not a model of keraslm"),
        ({"registered_name": None}, "not a model of keraslm"),
        ({"config": []}, "its config is not a table"),
    ],
)
def test_a_class_that_is_not_ours(tmp_path, network, changes, words):
    data = changed(network["config.json"], **changes)
    refused(rewritten(tmp_path / "model.keras", network, config_dot_json=data), words)


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


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"activation": TOUCH}, "'activation' in its config is not a plain value"),
        ({"cell": READS_A_FILE}, "'cell' in its config is not a plain value"),
        ({"units": [[LAMBDA]]}, "'units' in its config is not a plain value"),
        ({"dtype": LAMBDA}, "'dtype' in its config is not a plain value"),
        (
            {"dtype": {"class_name": "DTypePolicy", "config": {"name": TOUCH}}},
            "'dtype' in its config is not a plain value",
        ),
        ({"dtype": "string"}, "'dtype' in its config is not a plain value"),
        ({"name": "x" * 101}, "'name' in its config is not a plain value"),
        ({"dropout": float("nan")}, "'dropout' in its config is not a plain value"),
        ({"seed": 10**400}, "'seed' in its config is not a plain value"),
        ({"gates": 3}, "'gates' that RecurrentModel does not know"),
        ({"self": 3}, "'self' that RecurrentModel does not know"),
        ({"vocabulary_size": 10**12}, "they must be equal"),
        ({"vocabulary_size": None}, "they must be equal"),
        ({"layers": 10**6}, "arrays of weights for layers 1000000"),
        ({"layers": 0}, "layers must be 1 or more"),
        ({"layers": "many"}, "do not make a model"),
        ({"units": 10**7}, "units 10000000 is no size of the weights"),
        ({"units": 9999}, "more weights than the"),
        ({"embedding": 10**7}, "embedding 10000000 is no size of the weights"),
        ({"units": -3}, "units must be 1 or more"),
        ({"units": 2.5}, "do not make a model"),
        ({"tied": True}, "weights"),
        ({"cell": "gru"}, "weights"),
        ({"cell": "../lstm"}, "cell must be one of"),
        ({"activation": "sigmoid"}, "activation"),
    ],
)
def test_a_configuration_of_wrong_values(tmp_path, network, changes, words):
    old = json.loads(network["config.json"])
    data = changed(network["config.json"], config={**old["config"], **changes})
    refused(rewritten(tmp_path / "model.keras", network, config_dot_json=data), words)
    assert keras.layers.Layer.add_weight.__module__ == "keras.src.layers.layer"


def test_a_configuration_that_lacks_what_has_a_default(tmp_path, network):
    old = json.loads(network["config.json"])
    new_since = ("weight_drop", "tied", "residual", "seed", "dtype")
    kept = {k: v for k, v in old["config"].items() if k not in new_since}
    data = changed(network["config.json"], config=kept)
    path = rewritten(tmp_path / "model.keras", network, config_dot_json=data)
    whole = rewritten(tmp_path / "whole.keras", network)
    both = [
        keraslm.load(file).log_probabilities(np.array([2, 3, 1]))
        for file in (path, whole)
    ]
    np.testing.assert_array_equal(*both)


def test_a_member_that_is_missing(tmp_path, network, counts):
    path = tmp_path / "model.keras"
    refused(rewritten(path, network, config_dot_json=None), "has no config.json")
    refused(rewritten(path, network, model_dot_weights_dot_h5=None), "weights.h5")
    refused(
        rewritten(path, network, keraslm__model_dot_json=None), "no vocabulary|without"
    )
    lost = {k: v for k, v in counts.items() if "words-2" not in k}
    refused(rewritten(path, lost), "words-2 is missing")


# ---- weights


def with_weights(path, network, change):
    """Change the weights' file by hand."""
    buffer = io.BytesIO(network["model.weights.h5"])
    with h5py.File(buffer, "r+") as file:
        change(file)
    archive.write_members(path, {**network, "model.weights.h5": buffer.getvalue()})
    return path


KERNEL = "layers/lstm/vars/0"


def replaced(**how):
    def change(file):
        shape = file[KERNEL].shape
        del file[KERNEL]
        file.create_dataset(KERNEL, **{"shape": shape, "dtype": "f4", **how})

    return change


def linked(link):
    def change(file):
        del file[KERNEL]
        file[KERNEL] = link

    return change


def virtual(file):
    shape = file[KERNEL].shape
    layout = h5py.VirtualLayout(shape, "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape)
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


def not_a_number(file):
    file[KERNEL][0, 0] = np.nan


def in_circles(file):
    for place in range(10):
        file[f"layers/{place}"] = file["layers"]


def one_array_many_times(file):
    file["bomb"] = np.zeros(5000, "f4")
    for place in range(1000):
        file[f"again/{place}"] = file["bomb"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (not_a_number, "infinite or NaN"),
        (replaced(data=np.full((2, 12), np.inf, "f4"), shape=(2, 12)), "infinite"),
        (replaced(shape=(3, 12), data=np.zeros((3, 12))), "weights"),
        (replaced(shape=(12, 2), data=np.zeros((12, 2), "f4")), "do not make a model"),
        (replaced(external=[("/etc/passwd", 0, 96)]), "reads another file"),
        (replaced(shape=(10**6, 10**6)), "claims numbers that the file does not have"),
        (replaced(shape=(10**5, 10**5), chunks=(100, 100)), "packed or cut"),
        (replaced(data=np.zeros((2, 12)), compression="gzip"), "packed or cut"),
        (replaced(data=np.zeros((2, 12), "i4"), dtype="i4"), "not floating-point"),
        (replaced(dtype=h5py.string_dtype()), "not floating-point|claims numbers"),
        (linked(h5py.ExternalLink("/etc/passwd", "/")), "a link to somewhere else"),
        (linked(h5py.SoftLink("/layers")), "a link to somewhere else"),
        (linked(np.dtype("f4")), "neither a group nor an array"),
        (virtual, "reads another file"),
        (in_circles, "under two names"),
        (one_array_many_times, "under two names"),
        (lambda file: file.pop("layers"), "weights"),
        (lambda file: file.create_dataset("x", data=np.zeros(3)), "weights for"),
    ],
)
def test_weights_that_are_not_plain(tmp_path, network, change, words):
    refused(with_weights(tmp_path / "model.keras", network, change), words)


# ---- counts


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("children-2", [-1] * 5, "not the|is not 0"),
        ("words-2", lambda a: a + 100, "is not 0"),
        ("words-2", lambda a: a[::-1], "not in order"),
        ("words-2", lambda a: a.astype(float), "not the"),
        ("words-2", lambda a: a[:, None], "not the"),
        ("words-2", lambda a: a[:-1], "not the"),
        ("log-p-1", lambda a: a * np.nan, "no number"),
        ("log-p-1", lambda a: a + 1, "too large|sum to one"),
        ("log-p-1", lambda a: a - np.inf, "sum to one"),
        ("log-p-2", lambda a: a * 0, "sum to one"),
        ("log-b-1", lambda a: a + np.inf, "too large"),
        ("log-b-1", lambda a: a[:0], "not the"),
    ],
)
def test_counts_that_do_not_fit(tmp_path, counts, name, values, words):
    member = f"keraslm/arrays/{name}.npy"
    old = np.load(io.BytesIO(counts[member]))
    new = values(old) if callable(values) else np.array(values)
    members = {**counts, member: archive.to_npy(new)}
    archive.write_members(tmp_path / "model.keras", members)
    refused(tmp_path / "model.keras", words)


def test_an_array_of_another_kind_than_it_says(tmp_path, counts):
    member = "keraslm/arrays/words-2.npy"
    for old, new in (
        (b"|u1", b"|O8"),
        (b"(", b"9"),
        (b"descr", b"\xff\xff\xff\xff\xff"),
    ):
        members = {**counts, member: counts[member].replace(old, new, 1)}
        archive.write_members(tmp_path / "model.keras", members)
        refused(tmp_path / "model.keras", "damaged array keraslm/arrays/words-2.npy")


# ---- files that were damaged on their way


def why(path, data):
    """Open a file of these bytes; if that is refused, say why."""
    path.write_bytes(data)
    try:
        keraslm.load(path)
    except KeraslmError as error:
        assert "\n" not in str(error)
        return str(error)
    return None


def flipped(data, rng):
    data = bytearray(data)
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


@pytest.mark.parametrize(("kind", "step"), [("network", 1000), ("counts", 10)])
def test_a_file_cut_short_anywhere(tmp_path, request, kind, step):
    path = tmp_path / "model.keras"
    whole = rewritten(path, request.getfixturevalue(kind)).read_bytes()
    assert why(path, whole) is None
    for end in [*range(0, len(whole), step), len(whole) - 1]:
        assert why(path, whole[:end])


@pytest.mark.parametrize("kind", ["network", "counts"])
def test_a_bit_that_changed(tmp_path, request, kind):
    path = tmp_path / "model.keras"
    whole = rewritten(path, request.getfixturevalue(kind)).read_bytes()
    rng = random.Random(0)
    found = [why(path, flipped(whole, rng)) for _ in range(100)]
    assert sum(reason is not None for reason in found) > 50


def test_a_bit_that_changed_before_the_checksum_was_made(tmp_path, network, counts):
    path, rng = tmp_path / "model.keras", random.Random(0)
    for members in (network, counts):
        for name in [*members] * 5:
            changed = {**members, name: flipped(members[name], rng)}
            archive.write_members(path, changed)
            why(path, path.read_bytes())


def test_nothing_of_the_file_is_left_behind(tmp_path, network, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = rewritten(tmp_path / "model.keras", network)
    keraslm.load(path)
    refused(with_weights(path, network, not_a_number), "NaN")
    assert list(pathlib.Path(tmp_path).iterdir()) == [path]
