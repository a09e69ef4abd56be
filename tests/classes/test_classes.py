"""Classes by frequency, classes of bounded size, and the file of classes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.classes import (
    brown_classes,
    classes_by_frequency,
    read_classes,
    write_classes,
)
from keraslm.classes.frequency import split_large
from keraslm.errors import UsageError
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named

TEXT = "the dog barks\nthe cat sleeps\nthe dog sleeps\na cat sees the dog\n"


def test_classes_by_frequency_by_hand():
    # counts + 1: 256, 16, 16, 16, 1, 1; the roots: 4, 2, 2, 2, 1, 1, in all 12
    # before each: 0, 4, 6, 8, 10, 11; in 3 classes of 4: 0, 1, 1, 2, 2, 2
    found = classes_by_frequency(np.array([255, 15, 15, 15, 0, 0]), 3)
    assert found.tolist() == [0, 1, 1, 2, 2, 2]


@given(st.lists(st.integers(0, 99), min_size=1, max_size=50), st.integers(1, 60))
def test_no_class_is_empty_and_frequencies_do_not_mix(counts, number):
    falling = np.array(sorted(counts, reverse=True))
    found = classes_by_frequency(falling, number)
    assert {*found} == {*range(found.max() + 1)}
    assert found.max() < number
    assert (np.diff(found) >= 0).all()


def test_a_large_class_is_split_by_frequency():
    classes = np.array([0] * 20 + [1, 2, 3, 4])
    found = split_large(classes)
    largest = np.bincount(found).max()
    assert largest == 10  # 2 x 24 / 5, rounded up
    assert found[:20].tolist() == [0] * 10 + [1] * 10
    bigger = split_large(np.array([0] * 200 + list(range(1, 50))))
    assert np.bincount(bigger).max() == 10  # 2 x 249 / 50, rounded up
    assert {*bigger[:200]}.isdisjoint({*bigger[200:]})
    assert (np.diff(bigger[:200]) >= 0).all()


@pytest.fixture
def clustered(tmp_path):
    encoder, ids = TextEncoder.learn(tokenizer_named("word"), TEXT)
    found = brown_classes(ids, len(encoder.vocabulary), 4)
    write_classes(tmp_path / "classes.txt", found, encoder.vocabulary)
    return tmp_path / "classes.txt", found, encoder.vocabulary


def test_a_file_of_classes_reads_back(clustered):
    path, found, vocabulary = clustered
    classes = read_classes(path, vocabulary)
    occur = found.classes >= 0
    together = found.classes[occur][:, None] == found.classes[occur]
    again = classes[occur][:, None] == classes[occur]
    assert np.array_equal(together, again)
    assert not {*classes[occur]} & {*classes[~occur]}  # <unk> is apart
    bits, word, count = path.read_text("utf-8").split("\n")[0].split("\t")
    assert set(bits) <= {"0", "1"}
    assert int(count) == vocabulary.counts[vocabulary[word]]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("01\tthe\n", "line 1"),
        ("01\tthe\t3\n0x\tdog\t2\n", "line 2"),
        ("01\tthe\t3\n00\tdog\t2\n00\tthe\t3\n", "line 3: 'the' comes again"),
        ("01\tzebra\t3\n", "no class for any word"),
        ("", "line 1"),
    ],
)
def test_what_is_no_file_of_classes_is_refused(clustered, tmp_path, text, word):
    (tmp_path / "bad.txt").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=word):
        read_classes(tmp_path / "bad.txt", clustered[2])
    with pytest.raises(UsageError, match="cannot read"):
        read_classes(tmp_path / "none.txt", clustered[2])
