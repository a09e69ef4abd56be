import zipfile

import numpy as np
import pytest

from keraslm.errors import ModelFileError
from keraslm.files import archive
from keraslm.files.mapping import map_arrays, verify
from keraslm.files.members import ALIGNMENT

DESCRIPTION = {"kind": "counts", "name": "n", "encoder": {}, "metadata": {}}
ARRAYS = {
    "words-2": np.arange(1000, dtype=np.uint16),
    "log-p-2": np.linspace(-9, 0, 777),
    "empty": np.zeros(0),
}


@pytest.fixture
def path(tmp_path):
    archive.write_model(tmp_path / "model.keras", DESCRIPTION, ARRAYS)
    return tmp_path / "model.keras"


def test_what_is_mapped_is_what_is_read(path):
    for name, array in map_arrays(path).items():
        np.testing.assert_array_equal(array, ARRAYS[name])
        assert array.dtype == ARRAYS[name].dtype
        assert not array.size or array.ctypes.data % ALIGNMENT == 0
        assert not array.size or not array.flags.writeable


def test_arrays_stay_what_they_were_when_the_file_is_replaced(path):
    before = map_arrays(path)
    other = {name: array * 0 for name, array in ARRAYS.items()}
    archive.write_model(path, DESCRIPTION, other)
    np.testing.assert_array_equal(before["words-2"], ARRAYS["words-2"])


def test_an_archive_that_another_program_wrote_is_mapped_unaligned(path):
    other = path.with_name("other.keras")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    for name, array in map_arrays(other).items():
        np.testing.assert_array_equal(array, ARRAYS[name])


def test_verifying_reads_every_byte_of_the_members(path):
    with zipfile.ZipFile(path) as file:
        assert verify(path) == sum(info.file_size for info in file.infolist())


def test_a_changed_byte_is_mapped_and_found_when_verified(path):
    data = bytearray(path.read_bytes())
    data[data.index(ARRAYS["words-2"].tobytes()) + 5] ^= 1
    path.write_bytes(data)
    assert map_arrays(path)["words-2"][2] != 2
    with pytest.raises(ModelFileError, match="damaged at keraslm/arrays/words-2"):
        verify(path)


@pytest.mark.parametrize(
    ("place", "byte", "words"),
    [
        (0, 0, "is not where the list of members says"),  # the mark of its own head
        (29, 0xFF, "does not lie in it as it is"),  # a length of the extra field
        (28, 1, "does not begin as a .npy file"),  # another one
    ],
)
def test_a_member_that_is_elsewhere(path, place, byte, words):
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        start = file.infolist()[-1].header_offset
    data[start + place] = byte
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match=words):
        map_arrays(path)
