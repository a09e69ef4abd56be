"""Files of vectors that were packed to burst."""

import gzip
import tracemalloc
import zipfile

import pytest

from keraslm.errors import VectorFileError
from keraslm.vectors.reader import read_vectors

# 40 MB, packed to less than 200 kB: one word, met again
LINES = (b"the" + 200 * b" 0.5" + b"\n") * 50_000


@pytest.fixture
def refused():
    """See a file refused, with little memory."""

    def refused(path, words):
        tracemalloc.start()
        with pytest.raises(VectorFileError, match=words) as caught:
            read_vectors(path, wanted={"dog"}, skip_bad_lines=True)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert "\n" not in str(caught.value)
        assert peak < 20e6

    return refused


def test_lines_packed_to_burst(tmp_path, refused):
    (tmp_path / "v.gz").write_bytes(gzip.compress(LINES, 9))
    with zipfile.ZipFile(tmp_path / "v.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v.txt", LINES)
    refused(tmp_path / "v.gz", r"v\.gz is damaged \(it is packed more than 200 times")
    refused(tmp_path / "v.zip", r"v\.zip is damaged \(it is packed more than 200 times")


def test_an_archive_that_is_all_list_of_members(tmp_path, refused):
    with zipfile.ZipFile(tmp_path / "v.zip", "w") as archive:
        for number in range(5000):
            archive.writestr(f"{number:0250}", b"")
    refused(tmp_path / "v.zip", "list of members is too long")


def test_few_words_that_are_packed_well_are_read(tmp_path):
    (tmp_path / "v.gz").write_bytes(gzip.compress(b"the 1 0\n" * 100_000))
    assert read_vectors(tmp_path / "v.gz").duplicates == 99_999
