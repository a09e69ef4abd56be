"""Contiguous cuts at line ends, whatever the size of the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusError, UsageError
from keraslm.text import Text, open_corpus
from keraslm.text.split import cut, parse_split


def pieces(text, split):
    texts = cut(Text.from_string(text), parse_split(split), split)
    return {part: "".join(piece.chunks()) for part, piece in texts.items()}


def test_cuts_are_at_the_first_line_end_at_or_after_the_fraction():
    text = "aaaa\nbbbb\ncccc\ndddd\n"  # 20 characters
    # half is 10, just after a line end; three quarters is 15, just after another
    assert pieces(text, "50/25/25") == {
        "train": "aaaa\nbbbb\n",
        "valid": "cccc\n",
        "test": "dddd\n",
    }
    # 51% is 10.2, the next line end after it is 15
    assert pieces(text, "51/49")["train"] == "aaaa\nbbbb\ncccc\n"
    assert pieces(text, "100") == {"train": text}


def test_without_a_line_end_the_cut_is_after_white_space():
    assert pieces("one two three four", "50/50")["train"] == "one two three "
    assert pieces("one two three four\n", "50/50")["train"] == "one two three "
    assert pieces("abcdefghij", "70/30") == {"train": "abcdefg", "valid": "hij"}
    far = "x" * 100 + " " + "y" * 70_000 + "\n" + "z" * 100
    assert pieces(far, "0.1/99.9")["train"] == "x" * 100 + " "


def test_a_second_part_of_nothing_leaves_train_and_test():
    assert pieces("abcdefghij", "70/0/30") == {"train": "abcdefg", "test": "hij"}


@given(
    st.text(st.sampled_from("ab \né世"), min_size=1, max_size=300),
    st.sampled_from(
        ["90/5/5", "90/10", "50/50", "1/1/98", "60/0/40", "100", "99.5/0.5"]
    ),
)
def test_the_parts_together_are_the_text(text, split):
    try:
        parts = pieces(text, split)
    except CorpusError as error:
        assert str(len(text)) in str(error)
        assert len(text) < 100
        return
    assert "".join(parts.values()) == text
    assert all(parts.values())


@pytest.mark.parametrize(
    "split",
    [
        "",
        "90",
        "90/5",
        "90/5/4",
        "90/5/4/1",
        "a/b",
        "110/-10",
        "90/10/0",
        "0/0/100",
        "nan",
    ],
)
def test_a_bad_split_is_a_usage_error(split):
    with pytest.raises(UsageError, match="percentages that sum to 100"):
        parse_split(split)


def test_a_text_too_short_to_cut_says_how_long_it_is(tmp_path):
    (tmp_path / "x.txt").write_text("ab")
    with pytest.raises(CorpusError, match="2 characters, too few for the split"):
        open_corpus(tmp_path / "x.txt")


@pytest.mark.parametrize("chunk_size", [7, 64, 1 << 20])
def test_a_part_is_measured_by_itself(tmp_path, chunk_size):
    text = "".join(f"line {number} é\r\n" for number in range(200))
    (tmp_path / "x.txt").write_text(text, newline="")
    corpus = open_corpus(tmp_path / "x.txt", split="80/10/10", chunk_size=chunk_size)
    parts = [corpus.train, corpus.valid, corpus.test]
    strings = ["".join(part.chunks()) for part in parts]
    assert "".join(strings) == text.replace("\r\n", "\n")
    for part, string in zip(parts, strings, strict=True):
        assert part.characters == len(string)
        assert part.bytes == len(string.encode())
        assert part.sha256 == Text.from_string(string).sha256
    assert corpus.valid.name == "x.txt (valid)"
