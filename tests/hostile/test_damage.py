"""Files that were damaged on their way."""

import pathlib
import random

import pytest

import keraslm
from keraslm.errors import KeraslmError
from keraslm.files.members import write_members


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
def test_a_file_cut_short_anywhere(tmp_path, request, kind, step, rewritten):
    path = tmp_path / "model.keras"
    whole = rewritten(path, request.getfixturevalue(kind)).read_bytes()
    assert why(path, whole) is None
    for end in [*range(0, len(whole), step), len(whole) - 1]:
        assert why(path, whole[:end])


@pytest.mark.parametrize("kind", ["network", "counts"])
def test_a_bit_that_changed(tmp_path, request, kind, rewritten):
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
            write_members(path, changed)
            why(path, path.read_bytes())


def test_nothing_of_the_file_is_left_behind(
    tmp_path, network, monkeypatch, refused, rewritten
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = rewritten(tmp_path / "model.keras", network)
    keraslm.load(path)
    rewritten(path, network, {"model.weights.h5": b"no weights"})
    refused(path, "its weights cannot be read")
    assert list(pathlib.Path(tmp_path).iterdir()) == [path]
