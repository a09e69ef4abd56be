"""What is written of vectors can be read again, number by number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keraslm.errors import UsageError
from keraslm.vectors.projector import write_projector
from keraslm.vectors.text_format import write_vectors
from keraslm.vectors.word_vectors import WordVectors

WORD = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=4)
WORDS = st.lists(WORD, min_size=1, max_size=5, unique=True)


@settings(max_examples=25, deadline=None)
@given(words=WORDS, seed=st.integers(0, 9))
def test_a_file_says_its_size_and_holds_six_digits(tmp_path_factory, words, seed):
    matrix = np.random.default_rng(seed).normal(size=(len(words), 3)) * 10.0**-seed
    path = tmp_path_factory.mktemp("v") / "v.txt"
    write_vectors(path, WordVectors(words, matrix))
    first, *lines = path.read_text("utf-8").split("\n")[:-1]
    assert first == f"{len(words)} 3"
    assert [line.split(" ")[0] for line in lines] == words
    numbers = np.array([line.split(" ")[1:] for line in lines], float)
    np.testing.assert_allclose(numbers, matrix, rtol=1e-5)


def test_a_failed_writing_leaves_what_was_there(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("precious")
    with pytest.raises(UnicodeEncodeError):
        write_vectors(path, WordVectors(["a", "\ud800"], np.eye(2)))
    assert path.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [path]


def test_the_projector_s_files_have_a_line_a_word(tmp_path):
    words = ["dog", "\t", "\n", ""]
    paths = write_projector(tmp_path / "new", WordVectors(words, np.eye(4)))
    assert [path.name for path in paths] == ["vectors.tsv", "metadata.tsv"]
    numbers, names = (path.read_text("utf-8").splitlines() for path in paths)
    assert numbers[1] == "0\t1\t0\t0"
    assert names == ["dog", "\\t", "\\n", ""]


def test_the_projector_replaces_no_file(tmp_path):
    (tmp_path / "f").write_text("precious")
    with pytest.raises(UsageError, match="is a file"):
        write_projector(tmp_path / "f", WordVectors(["a"], np.eye(1)))
