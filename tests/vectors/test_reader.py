"""Files of vectors: each format is read as it was written, each fault has its line."""

import gzip
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import UsageError, VectorFileError
from keraslm.vectors.reader import read_vectors, read_width

GLOVE = b"the 1 2\ndog 3 4\n"
HEADED = b"2 2\nthe 1 2 \ndog 3 4 \n"  # word2vec ends its lines with a space
BINARY = b"2 2\nthe " + struct.pack("<2f", 1, 2) + b"\ndog " + struct.pack("<2f", 3, 4)
EXPECTED = {"the": [1, 2], "dog": [3, 4]}
FORMATS = {
    "GloVe text": GLOVE,
    "word2vec text": HEADED,
    "word2vec binary": BINARY,
}

ODD = ['"', "#", "...", "1", "-1.5", "\xa0", "a\xa0b", "\x85", "\u2028", "\t", "1e5"]
words = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(codec="utf-8", exclude_characters=" \r\n"), min_size=1),
).filter(lambda word: word != "zero")
numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def tables(draw):
    """Words and as many vectors; a zero tells binary from text, whatever is drawn."""
    names = draw(st.lists(words, min_size=1, max_size=6, unique=True))
    width = draw(st.integers(2, 4))
    rows = st.lists(numbers, min_size=width, max_size=width)
    return ["zero", *names], [[0.0] * width, *(draw(rows) for _ in names)]


def as_glove(names, rows):
    lines = (" ".join([n, *map(repr, r)]) for n, r in zip(names, rows, strict=True))
    return "".join(line + "\n" for line in lines).encode()


def as_word2vec(names, rows):
    return b"%d %d\n" % (len(rows), len(rows[0])) + as_glove(names, rows)


def as_binary(names, rows, end=b"\n"):
    records = (
        name.encode() + b" " + struct.pack(f"<{len(row)}f", *row) + end
        for name, row in zip(names, rows, strict=True)
    )
    return b"%d %d\n" % (len(rows), len(rows[0])) + b"".join(records)


def asked(vectors):
    return dict(zip(vectors.words, vectors.matrix.tolist(), strict=True))


@pytest.fixture
def written(tmp_path):
    def written(data, name="vectors.txt"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return written


@pytest.mark.parametrize("write", [as_glove, as_word2vec, as_binary])
@given(table=tables())
def test_what_was_written_is_read(tmp_path_factory, write, table):
    names, rows = table
    path = tmp_path_factory.getbasetemp() / f"{write.__name__}.vec"
    path.write_bytes(write(names, rows))
    vectors = read_vectors(path).vectors
    assert vectors.words == tuple(names)
    assert np.array_equal(vectors.matrix, np.array(rows, np.float32))


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_told_by_its_content(written, form):
    for packed, name in [(FORMATS[form], "v.gz"), (gzip.compress(FORMATS[form]), "v")]:
        reading = read_vectors(written(packed, name))
        assert (reading.format, reading.words) == (form, 2)
        assert asked(reading.vectors) == EXPECTED
        assert read_width(written(packed, name)) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GLOVE,
        GLOVE.replace(b"\n", b"\r\n"),
        GLOVE[:-1],
        GLOVE.replace(b" ", b"  "),
        b"\xef\xbb\xbf" + HEADED,
        HEADED.replace(b"\n", b"\r\n"),
        BINARY + b"\n",
        BINARY.replace(b"\ndog", b"dog"),
    ],
)
def test_marks_and_ends_of_lines_do_not_matter(written, data):
    assert asked(read_vectors(written(data)).vectors) == EXPECTED


@pytest.mark.parametrize("form", FORMATS)
def test_a_member_of_an_archive_is_named_where_there_are_several(tmp_path, form):
    path = tmp_path / "v.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.txt", FORMATS[form])
    assert asked(read_vectors(path).vectors) == EXPECTED
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("two.txt", b"cat 5\n")
        archive.writestr("a:b/3.txt", b"cat 6\n")
    assert asked(read_vectors(f"{path}:two.txt").vectors) == {"cat": [5]}
    assert asked(read_vectors(f"{path}:a:b/3.txt").vectors) == {"cat": [6]}
    with pytest.raises(UsageError, match=r"members 'one\.txt', 'two\.txt', .*; name"):
        read_vectors(path)
    with pytest.raises(UsageError, match=r"'a:b/3\.txt', not 'three'; name"):
        read_vectors(f"{path}:three")


def test_only_wanted_words_are_kept_as_they_are_and_lower_cased(written):
    path = written(b"The 1\nthe 2\nPARIS 3\nparis 4\ndog 5\n")
    reading = read_vectors(path, wanted=["The", "PARIS", "cat"])
    expected = {"The": [1], "the": [2], "PARIS": [3], "paris": [4]}
    assert asked(reading.vectors) == expected
    assert reading.words == 5


def test_the_first_of_a_word_that_comes_twice_is_kept(written):
    reading = read_vectors(written(b"a 1\nb 2\na 3\na 4\n"))
    assert asked(reading.vectors) == {"a": [1], "b": [2]}
    assert reading.duplicates == 2
    assert "duplicates left out: 2" in str(reading)


@pytest.mark.parametrize("form", FORMATS)
def test_a_limit_reads_the_first_words_only(written, form):
    reading = read_vectors(written(FORMATS[form]), limit=1)
    assert asked(reading.vectors) == {"the": [1, 2]}


def test_a_word_may_hold_spaces(written):
    data = b". . . 1 2\nthe 3 4\nat name@domain.com 5 6\n"
    expected = {". . .": [1, 2], "the": [3, 4], "at name@domain.com": [5, 6]}
    assert asked(read_vectors(written(data)).vectors) == expected


TABS = {
    "after the word": b"the\t1 2\ndog\t3 4\n",
    "everywhere": b"the\t1\t2\ndog\t3\t4\t\n",
    "below a header": b"2 2\nthe\t1 2\ndog\t3 4\n",
    "in the header": b"2\t2\nthe\t1\t2\ndog\t3\t4\n",
    "of Windows": b"the\t1 2\r\ndog\t3 4\r\n",
}


@pytest.mark.parametrize("name", TABS)
def test_tabs_may_stand_for_spaces(written, name):
    assert asked(read_vectors(written(TABS[name])).vectors) == EXPECTED
    assert read_width(written(TABS[name])) == 2


@pytest.mark.parametrize("end", [b"\n", b"\n\n\n", b"\r\n\r\n", b" \n\t\n"])
@pytest.mark.parametrize("form", FORMATS)
def test_empty_lines_at_the_end_are_none(written, form, end):
    if form == "word2vec binary":
        end = end.strip(b" \t").replace(b"\t", b"")
    data = FORMATS[form].rstrip(b"\n ") if "text" in form else BINARY
    assert asked(read_vectors(written(data + end)).vectors) == EXPECTED


def test_an_empty_line_between_others_is_a_bad_line(written):
    with pytest.raises(VectorFileError, match="line 2: a word and 2 numbers"):
        read_vectors(written(b"the 1 2\n\ndog 3 4\n"))


@pytest.mark.parametrize("end", [b"\n", b""])
@pytest.mark.parametrize("skips", [True, False])
def test_a_word_of_a_binary_file_may_hold_spaces(written, end, skips):
    rng = np.random.default_rng(0)
    names = ["the", "New York", "dog", "a b c", "Rio de Janeiro", "x"]
    rows = rng.normal(0, 0.3, (len(names), 20)).astype(np.float32)
    data = as_binary(names, rows.tolist(), end)
    found = read_vectors(written(data), skip_bad_lines=skips).vectors
    assert found.words == tuple(names)
    np.testing.assert_array_equal(found.matrix, rows)


def test_where_a_binary_files_words_are_lost_it_is_damaged(written):
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 0.3, (3, 20)).tolist()
    data = as_binary(["the", "New York", "dog"], rows)
    place = data.index(b"dog")
    lost = data[: place - 9] + data[place:]  # two numbers are gone
    with pytest.raises(VectorFileError, match=r"word 2: .* the file is damaged"):
        read_vectors(written(lost), skip_bad_lines=True)


@given(st.lists(st.text("ab é", min_size=1).filter(str.strip), min_size=2, unique=True))
def test_spaces_in_any_words_of_a_binary_file(tmp_path_factory, names):
    names = [name.strip() for name in names]
    rows = np.random.default_rng(0).normal(0, 0.3, (len(names), 30)).astype(np.float32)
    path = tmp_path_factory.mktemp("vectors") / "spaced.bin"
    path.write_bytes(as_binary(names, rows.tolist()))
    found = read_vectors(path).vectors
    rows_of = dict(reversed(list(zip(names, rows.tolist(), strict=True))))
    assert asked(found) == rows_of  # of a word that comes twice, the first


def test_numbers_as_words_are_no_header(written):
    assert asked(read_vectors(written(b"1 5\n2 7\n3 8\n")).vectors)["1"] == [5]
    data = b"1 0.1 0.2\n2 0.3 0.4\n"
    assert read_vectors(written(data)).vectors.words == ("1", "2")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "line 1: a word and its numbers"),
        (b"the dog sleeps\nthe cat\n", "line 1: a word and its numbers"),
        (b"5 3\n", "line 1 tells 5 words, and the file ends there"),
        (b"2 0\nthe\ndog\n", "line 1 tells 0 numbers a word; a vector has 1 or more"),
        (b"the,1,2\n", "with spaces between; received 'the,1,2"),
        (b"2 5\nthe 1 2\ndog 3 4\n", "line 1 tells 5 numbers a word; the lines have 2"),
        (b"1 90000\nthe \0\0", "line 1 claims 90,000 numbers a word"),
    ],
)
def test_what_is_no_file_of_vectors_is_said(written, data, reason):
    for skips in (False, True):
        with pytest.raises(VectorFileError, match=reason) as caught:
            read_vectors(written(data), skip_bad_lines=skips)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        (GLOVE + b"cat 5\n", "line 3: a word and 2 numbers .* received 2 fields", 2),
        (GLOVE + b"cat 5 6 7\n", "line 3: a word and 2 numbers .* received 4", 2),
        (GLOVE + b"\ncat 5 6\n", "line 3: .* received 0 fields", 3),
        (GLOVE + b" 5 6\n", "line 3: .* received 2 fields", 2),
        (GLOVE + b"cat 5 x\n", "line 3: a number was expected; received 'x'", 2),
        (GLOVE + b"cat 5 1_0\n", "line 3: a number was expected; received '1_0'", 2),
        (GLOVE + b"cat 5 nan\n", "line 3: number 2 is nan", 2),
        (GLOVE + b"cat -inf 6\n", "line 3: number 1 is -inf", 2),
        (GLOVE + b"cat 1e39 6\n", "line 3: number 1 is 1e\\+39", 2),
        (GLOVE + b"c\xff 5 6\n", "line 3: .* can't decode byte 0xff", 2),
        (HEADED + b"cat 5 6\n", "line 1 tells 2 words, and 3 are there", 3),
        (HEADED[:-8], "line 3: a word and 2 numbers .* received 1 fields", 1),
        (BINARY[:-1], "word 2: the file is cut short: 7 of the 8 bytes", 1),
        (BINARY[:-13], "line 1 tells 2 words, and 1 are there", 1),
        (BINARY + BINARY[4:], "line 1 tells 2 words, and 4 are there", 4),
        (BINARY.replace(b"dog", b""), "word 2: there is no word", 1),
        (
            BINARY[:-4] + struct.pack("<f", np.nan),
            "word 2: number 2 is nan, not a finite",
            1,
        ),
    ],
)
def test_a_malformed_line_is_an_error_or_counted(written, data, reason, words):
    path = written(data)
    with pytest.raises(VectorFileError, match=rf"vectors\.txt, {reason}") as caught:
        read_vectors(path)
    assert "\n" not in str(caught.value)
    reading = read_vectors(path, skip_bad_lines=True)
    assert reading.bad_lines == len(reading.reasons) > 0
    assert reading.words == words
    assert reading.reasons[0] in str(reading)


def test_a_line_that_does_not_end_is_not_read_into_memory(written):
    endless = GLOVE + b"a" * (3 << 20)
    for data in (endless, gzip.compress(endless)):
        with pytest.raises(VectorFileError, match="line 3: it is longer than"):
            read_vectors(written(data), skip_bad_lines=True)


def test_an_archive_that_is_packed_otherwise_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "v.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("v.txt", GLOVE)
    with pytest.raises(UsageError, match="packed in an unusual way; unpack it"):
        read_vectors(tmp_path / "v.zip")


def test_damaged_packing_is_one_line(written, tmp_path):
    packed = gzip.compress(bytes(range(256)) + GLOVE * 5)
    with pytest.raises(VectorFileError, match=r"v\.gz is damaged"):
        read_vectors(written(packed[:-9], "v.gz"))
    with zipfile.ZipFile(tmp_path / "v.zip", "w") as archive:
        archive.writestr("v.txt", GLOVE)
    data = (tmp_path / "v.zip").read_bytes()
    with pytest.raises(VectorFileError, match=r"v\.zip is damaged"):
        read_vectors(written(data.replace(b"dog 3", b"dog 7"), "v.zip"))
    with pytest.raises(VectorFileError, match=r"v\.zip is damaged"):
        read_vectors(written(data[:50], "v.zip"))


def test_a_file_that_is_not_there_is_a_wrong_option(written, tmp_path):
    for path in (tmp_path, tmp_path / "none", tmp_path / "none.zip:member"):
        with pytest.raises(UsageError, match="there is no file of vectors"):
            read_vectors(path)
    with pytest.raises(UsageError, match="is no zip archive; it has no member 'v'"):
        read_vectors(f"{written(GLOVE)}:v")
