"""Tables of n-grams that do not fit together."""

import io

import numpy as np
import pytest

from keraslm.files.members import write_members


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("starts-2", [-1] * 7, "go from 0|is not 0"),
        ("starts-2", lambda a: a[:-1], "not the"),
        ("starts-2", lambda a: a[[0, 2, 1, 3, 4, 5, 6]], "not in order"),
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
        ("counts-1", lambda a: a[:-1], "not the"),
        ("counts-2", lambda a: a.astype(np.int64) - 99, "is not 0"),
        ("counts-2", lambda a: a + 0.5, "not the"),
        ("counts-2", lambda a: np.full(len(a), 2**61), "add up to more"),
    ],
)
def test_counts_that_do_not_fit(tmp_path, counts, name, values, words, refused):
    member = f"keraslm/arrays/{name}.npy"
    old = np.load(io.BytesIO(counts[member]))
    new = values(old) if callable(values) else np.array(values)
    members = {**counts, member: new}
    write_members(tmp_path / "model.keras", members)
    refused(tmp_path / "model.keras", words)


def test_an_array_of_another_kind_than_it_says(tmp_path, counts, refused):
    member = "keraslm/arrays/words-2.npy"
    for old, new in (
        (b"|u1", b"|O8"),
        (b"(", b"9"),
        (b"descr", b"\xff\xff\xff\xff\xff"),
    ):
        members = {**counts, member: counts[member].replace(old, new, 1)}
        write_members(tmp_path / "model.keras", members)
        refused(tmp_path / "model.keras", "damaged array keraslm/arrays/words-2.npy")
