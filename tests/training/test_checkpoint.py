"""What a checkpoint holds is read back bit for bit, or refused in one line."""

import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.checkpoints.checkpoint import DESCRIPTION, FORMAT, Checkpoint
from keraslm.errors import ModelFileError
from keraslm.files import archive
from keraslm.files.members import write_members
from keraslm.training.folder import RunFolder

CHECKPOINT = Checkpoint(
    {"units": 5, "seed": 0, "validation text (SHA-256)": None},
    (2, 7),
    {"StopAfter": {"step": 27, "seconds": 0.1 + 0.2}, "Averaging": {"figures": []}},
    [
        np.array([[0.1, -np.inf], [np.nan, -0.0]], np.float32),
        np.array(3, np.int64),
        np.array([1, 2**32 - 1], np.uint32),
    ],
    b"the bytes of model.keras",
)


@pytest.fixture
def file(tmp_path):
    CHECKPOINT.write(tmp_path / "checkpoint.zip")
    return tmp_path / "checkpoint.zip"


def bits(checkpoint):
    return [(a.dtype, a.shape, a.tobytes()) for a in checkpoint.variables]


def refused(file):
    with pytest.raises(ModelFileError) as error:
        Checkpoint.read(file)
    line = str(error.value)
    assert "\n" not in line
    assert line.startswith(f"cannot go on from {file} (")
    assert line.endswith("remove it, and the run starts over")
    return line


def test_what_was_written_is_read(file):
    read = Checkpoint.read(file)
    assert (read.identity, read.place) == (CHECKPOINT.identity, (2, 7))
    assert (read.parts, read.best) == (CHECKPOINT.parts, CHECKPOINT.best)
    assert bits(read) == bits(CHECKPOINT)


@given(st.lists(st.floats(allow_nan=False), max_size=4))
def test_every_figure_is_read_back_as_it_was(tmp_path_factory, figures):
    file = tmp_path_factory.mktemp("figures") / "checkpoint.zip"
    told = {"Averaging": {"figures": figures}}
    Checkpoint({}, (0, 1), told, []).write(file)
    assert Checkpoint.read(file).parts == told


def test_there_is_no_pickle_in_it(file):
    with zipfile.ZipFile(file) as members:
        names = members.namelist()
        assert json.loads(members.read(DESCRIPTION))["place"] == [2, 7]
    assert all(name == DESCRIPTION or name.endswith(".npy") for name in names)


def test_the_one_before_stays_until_the_next_is_whole(file, monkeypatch):
    before = file.read_bytes()

    def full(path, members):
        path.write_bytes(b"the first bytes")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("keraslm.checkpoints.checkpoint.write_members", full)
    with pytest.raises(OSError, match="No space"):
        CHECKPOINT.write(file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_refused(file, part):
    data = file.read_bytes()
    file.write_bytes(data[: int(part * len(data))])
    refused(file)


def test_a_changed_byte_is_refused(file):
    data = bytearray(file.read_bytes())
    data[data.index(b"the bytes of model") + 3] ^= 1
    file.write_bytes(data)
    assert "best.npy" in refused(file)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format_version": 99}, "format version 99"),
        ({"format": 2}, "another version of keraslm wrote it"),
        ({"place": None}, "checkpoint.json is damaged"),
        ({"place": [0, -1]}, "the place 0, -1"),
        ({"place": [float("inf"), 1]}, "checkpoint.json is damaged"),
        ({"place": ["a", 1]}, "checkpoint.json is damaged"),
        ({"identity": 5}, "checkpoint.json is damaged"),
        ({"parts": "StopAfter"}, "checkpoint.json is damaged"),
    ],
)
def test_a_description_that_is_none_is_refused(file, change, words):
    described = {"format_version": 1, "format": FORMAT, "identity": {}}
    described |= {"place": [0, 1], "parts": {}}
    data = json.dumps(described | change).encode()
    write_members(file, {DESCRIPTION: data})
    assert words in refused(file)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"[" * 100_000])
def test_a_description_that_is_no_json_object_is_refused(file, data):
    write_members(file, {DESCRIPTION: data})
    refused(file)


def test_an_array_of_objects_is_refused(file):
    described = archive.describe({"identity": {}, "place": [0, 1], "parts": {}})
    objects = b"\x93NUMPY\x01\x00v\x00" + (
        b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    )
    members = {DESCRIPTION: described, f"{archive.ARRAYS}00000.npy": objects + b"cos"}
    write_members(file, members)
    assert "object" in refused(file)


def test_what_killed_writers_left_is_swept_away(tmp_path):
    folder = RunFolder(tmp_path)
    (tmp_path / "checkpoints").mkdir()
    left = (".model-a1b2c3d4.keras", "checkpoints/.step-000000007-a1b2c3d4.keras")
    mine = (".model-notes.keras", "checkpoints/step-000000007.keras")
    for name in (*left, *mine):
        (tmp_path / name).write_bytes(b"")
    folder.sweep()
    files = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {tmp_path / name for name in mine}
