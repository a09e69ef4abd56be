"""Paired text: what is read, and what is refused with its line."""

import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusError
from keraslm.tasks import Pair, read_paired, read_paired_parts, read_pairs
from keraslm.text.corpus import open_corpus
from keraslm.text.text import Text

SIDES = st.text(
    st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1
).map(str.strip).filter(bool)  # fmt: skip


@given(st.lists(st.tuples(SIDES, SIDES), min_size=1))
def test_what_is_written_is_read(pairs):
    lines = "".join(f"{source}\t{target}\n" for source, target in pairs)
    assert read_paired(Text.from_string(lines)).pairs == tuple(
        Pair(source, target) for source, target in pairs
    )


@given(st.text(st.sampled_from("ab \t\n")))
def test_a_text_is_pairs_or_is_refused_by_the_line(text):
    bad = [
        number
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip(" ")
        and (line.count("\t") != 1 or not all(map(str.strip, line.split("\t"))))
    ]
    if bad or not text.strip(" \n"):
        fault = f"line {bad[0]}:" if bad else "no pair"
        with pytest.raises(CorpusError, match=fault):
            read_paired(Text.from_string(text))
    else:
        found = read_paired(Text.from_string(text)).pairs
        assert len(found) == len([line for line in text.split("\n") if line.strip()])


def test_marks_line_ends_and_empty_lines_of_other_programs(tmp_path: pathlib.Path):
    path = tmp_path / "pairs.tsv"
    path.write_bytes("\ufeffein Hund\ta dog\r\n\r\n\r\nRot \t red".encode())
    assert read_pairs(path) == [Pair("ein Hund", "a dog"), Pair("Rot", "red")]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("no tab here", "received no tab: 'no tab here'"),
        ("a\tb\tc", "received 3 columns"),
        ("a\t ", "received an empty target"),
        ("\tb", "received an empty source"),
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path: pathlib.Path, line: str, fault: str):
    path = tmp_path / "pairs.tsv"
    path.write_text(f"good\tpair\n\n{line}\n")
    with pytest.raises(CorpusError, match=fault) as caught:
        read_pairs(path)
    assert str(caught.value).startswith("pairs.tsv, line 3: ")
    assert "\n" not in str(caught.value)


def test_one_file_is_cut_between_lines(tmp_path: pathlib.Path):
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{k}\t{k + 1}\n" for k in range(10)))
    parts = read_paired_parts(open_corpus(path, split="80/10/10"), "80/10/10")
    assert [len(text.pairs) for text in parts.values()] == [8, 1, 1]
    assert parts["test"].pairs == (Pair("9", "10"),)
    assert len({text.sha256 for text in parts.values()}) == 3


def test_the_embedded_pairs_have_parts_of_their_own():
    parts = read_paired_parts(open_corpus("dates:200"), "90/5/5")
    assert {part: len(text.pairs) for part, text in parts.items()} == {
        "train": 200,
        "valid": 20,
        "test": 20,
    }
    assert list(parts["test"].pairs) == read_pairs("dates:test:200")
