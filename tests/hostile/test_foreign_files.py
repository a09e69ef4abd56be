"""Files of other people's networks that were made to do harm to whoever adopts them."""

import io
import json
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from keraslm.adoption import adopt

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
SIZE = 5


@pytest.fixture(scope="module")
def tokens(tmp_path_factory):
    path = tmp_path_factory.mktemp("tokens") / "tokens.json"
    path.write_text(json.dumps(list("\nabcd")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """The members of a network's file."""
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Embedding(SIZE, 3),
            layers.Dropout(0.1),  # its seed is among the weights, an integer
            layers.Flatten(),
            layers.Dense(SIZE),
        ]
    )
    path = tmp_path_factory.mktemp("foreign") / "model.keras"
    model.compile("adam", "mse")
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def refused(refused, tmp_path, tokens):
    """See members refused when their file is adopted."""

    def members_refused(members, words, packed=()):
        path = tmp_path / "hostile.keras"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                method = zipfile.ZIP_DEFLATED if name in packed else zipfile.ZIP_STORED
                archive.writestr(name, data, method)
        refused(path, words, lambda path: adopt(path, tokens))

    return members_refused


def with_layer(members, place, **values):
    """Change what the configuration says of a layer."""
    configuration = json.loads(members[CONFIG])
    configuration["config"]["layers"][place]["config"] |= values
    return {**members, CONFIG: json.dumps(configuration)}


def with_new_layer(members, place, name, **values):
    """Put one of Keras's layers between the others."""
    layer = getattr(layers, name)(**values)
    configuration = json.loads(members[CONFIG])
    found = keras.saving.serialize_keras_object(layer)
    configuration["config"]["layers"].insert(place, found)
    return {**members, CONFIG: json.dumps(configuration)}


def with_arrays(members, change):
    """Change the arrays of the weights."""
    data = io.BytesIO(members[WEIGHTS])
    with h5py.File(data, "r+") as file:
        change(file["layers/dense/vars"])
    return {**members, WEIGHTS: data.getvalue()}


def test_the_file_itself_is_adopted(foreign, tokens, tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in foreign.items():
            archive.writestr(name, data)
    assert adopt(path, tokens).keras_model.count_params() == 5 * 3 + 12 * 5 + 5


def test_weights_packed_to_burst(foreign, refused):
    bomb = {**foreign, WEIGHTS: b"\0" * 300_000_000}
    refused(bomb, "packed, and only text may be", packed=[WEIGHTS])


def test_a_configuration_packed_to_burst(foreign, refused):
    bomb = {**foreign, CONFIG: b'{"a": "' + b" " * 60_000_000 + b'"}'}
    refused(bomb, "packed more than 200 times", packed=[CONFIG])


def test_members_that_no_keras_file_has(foreign, refused):
    refused({**foreign, "../up": b""}, "not plain and relative")
    refused({**foreign, **{f"a/{i}": b"" for i in range(1001)}}, "more than 1000")
    no_weights = {k: v for k, v in foreign.items() if k != WEIGHTS}
    refused(no_weights, "it has no model.weights.h5")
    refused({**foreign, WEIGHTS: b"no weights"}, "cannot open")


def test_json_that_nests_deeply(foreign, refused):
    refused({**foreign, CONFIG: b'{"a":' * 100_000}, "not JSON")
    refused({**foreign, CONFIG: b"[1, 2]"}, "not a JSON object")
    nested = '{"a":' * 900 + '{"class_name": "x"}' + "}" * 900
    refused({**foreign, CONFIG: nested}, "only layers of Keras and keraslm|reads text")


@pytest.mark.parametrize(
    ("place", "values", "words"),
    [
        (0, {"batch_shape": [None, 10**9]}, "no size of its weights"),
        (0, {"batch_shape": [10**3, 10**9]}, "no size of its weights"),
        (0, {"batch_shape": [5000, 4]}, "texts at once"),
        (1, {"input_dim": 10**10}, "no size of its weights"),
        (1, {"output_dim": 4000}, "more weights than"),
        (4, {"units": 10**9}, "no size of its weights"),
        (4, {"units": 8000}, "more weights than"),
        (4, {"units": 4}, "cannot open|output has shape"),
        (4, {"units": -1}, "cannot open"),
        (4, {"units": None}, "cannot open"),
        (4, {"activation": "os.system"}, "cannot open"),
    ],
)
def test_sizes_that_the_weights_do_not_show(foreign, refused, place, values, words):
    refused(with_layer(foreign, place, **values), words)


def test_layers_that_blow_up_a_text(foreign, refused):
    grown = foreign  # 4 tokens of 3 numbers become 300 million, and 4 again
    for _ in range(2):
        grown = with_new_layer(grown, 2, "MaxPooling1D", pool_size=5000)
    for _ in range(2):
        grown = with_new_layer(grown, 2, "UpSampling1D", size=5000)
    refused(grown, "numbers between the layers")


def test_more_layers_than_anyone_stacks(foreign, refused):
    configuration = json.loads(foreign[CONFIG])
    stack = configuration["config"]["layers"]
    stack[2:2] = [
        {**stack[2], "config": {**stack[2]["config"], "name": f"dropout_{i}"}}
        for i in range(600)
    ]
    refused(
        {**foreign, CONFIG: json.dumps(configuration)}, r"60\d layers, more than 500"
    )


def not_a_number(arrays):
    arrays["0"][0, 0] = np.nan


def packed(arrays):
    del arrays["0"]
    arrays.create_dataset("0", (12, SIZE), "f4", compression="gzip")


def elsewhere(arrays):
    del arrays["0"]
    arrays["0"] = h5py.ExternalLink("/etc/passwd", "0")


def texts(arrays):
    del arrays["0"]
    arrays["0"] = np.array([b"x"] * 60).reshape(12, SIZE)


def other_shape(arrays):
    del arrays["0"]
    arrays["0"] = np.zeros((SIZE, 12), np.float32)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (not_a_number, "infinite or NaN"),
        (packed, "packed or cut in pieces"),
        (elsewhere, "link to somewhere else"),
        (texts, r"holds \|S1, not"),
        (other_shape, "cannot open"),
    ],
)
def test_arrays_that_are_not_plain_numbers(foreign, refused, change, words):
    refused(with_arrays(foreign, change), words)
