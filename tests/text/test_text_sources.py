"""Files, folders, gzip files and standard input become the same text."""

import gzip
import hashlib
import io
import os
import pathlib
import sys
import tempfile
import threading
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusError, UsageError
from keraslm.text import Text, open_corpus, open_text
from keraslm.text.decoding import decoded

CHINESE = "我们学习语言模型。\n你好,世界\n"


def content(path, *options, **named):
    return "".join(open_text(path, *options, **named).chunks())


def saved(folder, data, name="text.txt"):
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.fixture
def stdin(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def feed(data):
        stream = types.SimpleNamespace(buffer=io.BytesIO(data))
        monkeypatch.setattr(sys, "stdin", stream)

    return feed


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"a\r\nb\rc\n\r\n", "utf-8", "a\nb\nc\n\n"),
        (b"\xef\xbb\xbfhello\n", "utf-8", "hello\n"),
        (CHINESE.encode(), "UTF8", CHINESE),
        (CHINESE.encode("utf-16"), "utf-16", CHINESE),
        (b"\xff\xfe" + "né\r\n".encode("utf-16-le"), "utf-16-le", "né\n"),
        (CHINESE.encode("gb18030"), "gb18030", CHINESE),
        ("café".encode("latin-1"), "latin-1", "café"),
    ],
)
@pytest.mark.parametrize("chunk_size", [1, 2, 3, 1000])
def test_encodings_and_line_ends(tmp_path, data, encoding, text, chunk_size):
    path = saved(tmp_path, data)
    assert content(path, encoding, chunk_size=chunk_size) == text
    packed = saved(tmp_path, gzip.compress(data, mtime=0), "packed.gz")
    assert content(packed, encoding, chunk_size=chunk_size) == text


@given(st.text(), st.sampled_from(["utf-8", "utf-16", "gb18030"]), st.integers(1, 9))
def test_no_chunk_size_changes_the_text(text, encoding, size):
    data = text.replace("\0", "").encode(encoding)
    chunks = [data[i : i + size] for i in range(0, len(data), size)]
    whole = "".join(decoded([data], encoding, "x"))
    assert "".join(decoded(chunks, encoding, "x")) == whole


@given(
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=9),
    st.integers(1, 5),
)
def test_an_invalid_byte_is_named_with_its_offset(text, size):
    data = text.encode() + b"\xff" + text.encode()
    chunks = [data[i : i + size] for i in range(0, len(data), size)]
    with pytest.raises(CorpusError) as error:
        list(decoded(chunks, "utf-8", "x.txt"))
    assert f"x.txt is not utf-8 text: byte 0xff at offset {len(text.encode())} " in str(
        error.value
    )
    assert "`encoding=" in str(error.value)


def test_a_character_cut_off_at_the_end_is_an_invalid_byte(tmp_path):
    path = saved(tmp_path, "ab世".encode()[:-1])
    with pytest.raises(CorpusError, match="0xe4 at offset 2"):
        content(path, chunk_size=3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"\x89PNG\r\n\x1a\n", "PNG picture"),
        (b"%PDF-1.4\n", "PDF document"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"abc\0def", "binary file .a NUL byte at offset 3."),
        (b"a" * 70_000 + b"\0\xff", "binary file"),
        (gzip.compress(b"abc\0", mtime=0), "binary file"),
        ("text".encode("utf-16"), "`encoding='utf-16'`"),
        ("text".encode("utf-32"), "`encoding='utf-32'`"),
        ("你好".encode("utf-16"), "`encoding='utf-16'`"),
        (gzip.compress(b"some text " * 99, mtime=0)[:-9], "damaged gzip"),
        (b"\x1f\x8bthis is not gzip at all", "damaged gzip"),
    ],
)
def test_what_is_not_text_is_refused_in_one_line(tmp_path, data, message):
    path = saved(tmp_path, data, "given.bin")
    with pytest.raises(CorpusError, match=message) as error:
        open_corpus(path)
    assert "given.bin" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_damaged_gzip_file_is_refused_wherever_it_is_damaged(tmp_path):
    data = bytearray(gzip.compress(os.urandom(5000).hex().encode()))
    data[4000] ^= 255
    path = saved(tmp_path, bytes(data), "x.txt.gz")
    with pytest.raises(CorpusError, match="damaged gzip"):
        content(path)
    path = saved(tmp_path, b"plain text", "y.txt.gz")
    with pytest.raises(CorpusError, match="damaged"):
        content(path)


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "rot13", "", "\0"])
def test_an_unknown_encoding_is_a_usage_error(tmp_path, encoding):
    path = saved(tmp_path, "text")
    with pytest.raises(UsageError, match="`encoding` must be"):
        open_text(path, encoding)


def test_what_cannot_be_opened_is_a_usage_error(tmp_path):
    for path in (tmp_path / "none.txt", tmp_path / ("long" * 100), "/dev/null"):
        with pytest.raises(UsageError):
            open_text(path)
        with pytest.raises(UsageError):
            open_corpus(path)


def test_a_text_knows_its_size_and_hash(tmp_path):
    path = saved(tmp_path, b"\xef\xbb\xbfn\xc3\xa9\r\n")
    text = open_text(path)
    assert (text.name, text.characters, text.bytes) == ("text.txt", 3, 4)
    same = Text.from_string("né\r\n")
    assert text.sha256 == same.sha256
    assert text.sha256 == hashlib.sha256("né\n".encode()).hexdigest()


def test_half_a_surrogate_pair_is_no_text():
    with pytest.raises(CorpusError, match="at character 2"):
        _ = Text.from_string("ab\ud800").sha256


def test_standard_input_can_be_read_twice_and_leaves_nothing(stdin, tmp_path):
    stdin(gzip.compress(CHINESE.encode(), mtime=0))
    corpus = open_corpus("-", split="100")
    assert corpus.name == "standard input"
    assert "".join(corpus.train.chunks()) == "".join(corpus.train.chunks()) == CHINESE
    assert len(list(tmp_path.iterdir())) == 1
    del corpus
    assert list(tmp_path.iterdir()) == []


def test_empty_or_binary_standard_input_is_named(stdin):
    stdin(b"")
    with pytest.raises(CorpusError, match="standard input is empty"):
        open_text("-")
    stdin(b"\x7fELF")
    with pytest.raises(CorpusError, match="standard input is a program"):
        open_text("-")


def test_closed_standard_input_is_a_usage_error(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="closed"):
        open_text("-")


def test_a_named_pipe_is_read_once_and_kept(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=("a b\n",))
    writer.start()
    text = open_text(tmp_path / "pipe")
    writer.join()
    assert text.characters == len("".join(text.chunks())) == 4
