import io
import pathlib
import shutil
import subprocess
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.errors import KeraslmError
from keraslm.files import archive
from keraslm.files.members import ALIGNMENT, Blocks, write_members

DESCRIPTION = {"kind": "counts", "name": "n", "encoder": {}, "metadata": {}}


def numbers_of(info, data):
    """Where the numbers of a .npy member start in its archive."""
    start = info.header_offset
    name, extra = (
        int.from_bytes(data[start + at : start + at + 2], "little") for at in (26, 28)
    )
    head = start + 30 + name + extra
    return head + 10 + int.from_bytes(data[head + 8 : head + 10], "little")


def by_blocks(array, sizes):
    cuts = np.cumsum(sizes).tolist()
    return Blocks(array.dtype, len(array), iter(np.split(array, cuts)))


@settings(deadline=None, max_examples=30)
@given(
    names=st.lists(st.text("ab/é", min_size=1, max_size=90), unique=True, max_size=6),
    dtype=st.sampled_from(["u1", "<u2", "<i8", "<f8", "<f4"]),
    length=st.integers(0, 300),
    limit=st.sampled_from([100, 1 << 31]),
)
def test_numbers_lie_aligned_and_any_program_reads_them(
    tmp_path_factory, names, dtype, length, limit
):
    path = tmp_path_factory.mktemp("members") / "a.zip"
    array = np.arange(length).astype(dtype)
    members = {f"{name}.npy": by_blocks(array, [length // 3]) for name in names}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(zipfile, "ZIP64_LIMIT", limit)  # a small file with wide heads
        write_members(path, members)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert file.namelist() == list(members)
        for info in file.infolist():
            assert numbers_of(info, data) % ALIGNMENT == 0
            found = np.load(io.BytesIO(file.read(info)))
            assert found.dtype == array.dtype
            np.testing.assert_array_equal(found, array)


def test_blocks_are_the_bytes_of_the_array(tmp_path):
    array = np.random.default_rng(0).normal(size=1000)
    archive.write_model(tmp_path / "array.keras", DESCRIPTION, {"x": array})
    blocks = {"x": by_blocks(array, [1, 400, 3])}
    archive.write_model(tmp_path / "blocks.keras", DESCRIPTION, blocks)
    one, two = ((tmp_path / f"{n}.keras").read_bytes() for n in ("array", "blocks"))
    assert one == two


@pytest.mark.parametrize("length", [2, 4])
def test_blocks_of_another_length_leave_the_old_file(tmp_path, length):
    path = tmp_path / "model.keras"
    path.write_bytes(b"the old one")
    blocks = Blocks(np.dtype(np.uint8), length, iter([np.zeros(3, np.uint8)]))
    with pytest.raises(ValueError, match=f"hold 3 numbers, not {length}"):
        archive.write_model(path, DESCRIPTION, {"x": blocks})
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_while_blocks_are_made_leaves_nothing(tmp_path):
    def pieces():
        yield np.zeros(10)
        raise KeraslmError("the disk is full")

    blocks = {"x": Blocks(np.dtype(np.float64), 20, pieces())}
    with pytest.raises(KeraslmError, match="disk is full"):
        archive.write_model(tmp_path / "model.keras", DESCRIPTION, blocks)
    assert not list(tmp_path.iterdir())


def test_another_description_leaves_the_arrays_aligned(tmp_path):
    path = tmp_path / "model.keras"
    arrays = {"x": np.arange(9.0), "y": np.arange(5, dtype=np.uint8)}
    archive.write_model(path, DESCRIPTION, arrays)
    archive.redescribe(path, {"note": "longer than before " * 7})
    data = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        for info in file.infolist()[1:]:
            assert numbers_of(info, data) % ALIGNMENT == 0
    assert archive.read_description(path)["metadata"]["note"].startswith("longer")
    for name, array in archive.read_arrays(path).items():
        np.testing.assert_array_equal(array, arrays[name])


@pytest.mark.skipif(not shutil.which("unzip"), reason="unzip is not installed")
def test_unzip_finds_no_fault(tmp_path):
    path = pathlib.Path(tmp_path / "model.keras")
    archive.write_model(path, DESCRIPTION, {"x": np.arange(9.0), "y": np.zeros(0)})
    tested = subprocess.run(["unzip", "-t", path], capture_output=True, check=False)
    assert tested.returncode == 0, tested.stdout
