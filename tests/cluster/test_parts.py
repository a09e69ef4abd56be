"""The parts of a text, read one after another, are the text."""

import gzip
import itertools
import pathlib
import tempfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from keraslm.cluster.parts import is_bytewise, parts_of, shortened
from keraslm.errors import CorpusError, UsageError
from keraslm.text import open_text
from keraslm.text.origin import Origin

PIECES = ["a", "b c", "é", "\n", "\n\n", "\r\n", "\r", "\ufeff", "e\u0301", "\u0301"]
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map("".join)


def written(files, encoding="utf-8", packed=()):
    folder = pathlib.Path(tempfile.mkdtemp(dir=tempfile.gettempdir()))
    for i, text in enumerate(files):
        data = text.encode(encoding)
        name = f"{i:03}.txt" + (".gz" if i in packed else "")
        (folder / name).write_bytes(gzip.compress(data) if i in packed else data)
    return folder


def read(text):
    return "".join(text.chunks())


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=5), st.integers(1, 9), st.data())
@example(["a\n", "\ufeff"], 1, None)
@example(["a\n\u0301b", "\n"], 1, None)
def test_parts_of_any_size_are_the_text(tmp_path_factory, files, size, data):
    packed = data.draw(st.sets(st.integers(0, 4))) if data else ()
    folder = written(files, packed=packed)
    try:
        whole = open_text(folder)
    except CorpusError:  # nothing but marks of byte order
        return
    text, parts = read(whole), parts_of(whole.origin, size)
    assert "".join(map(read, parts)) == text
    for part in parts[:-1]:
        assert read(part)[-1:] in ("", "\n")
    if data:
        characters = data.draw(st.integers(1, len(text)))
        fewer = shortened(parts, [part.length() for part in parts], characters)
        assert "".join(map(read, fewer)) == text[:characters]
        assert read(fewer[-1])  # none is kept for nothing


def test_a_text_cut_by_shares_says_where_its_training_part_ends(tmp_path):
    from keraslm.text import open_corpus

    path = tmp_path / "text.txt"
    path.write_text("".join(f"line {i}\r\n" for i in range(1000)), newline="")
    corpus = open_corpus(path, split="50/25/25")
    origin = corpus.train.origin
    parts = parts_of(origin, 700)
    fewer = shortened(parts, [part.length() for part in parts], origin.characters)
    assert "".join(map(read, fewer)) == read(corpus.train)
    assert corpus.valid.origin is None


def test_parts_are_about_as_large_as_was_asked(tmp_path):
    for i in range(100):
        (tmp_path / f"{i:03}.txt").write_text("a line\n" * (1 + 20 * (i == 50)))
    parts = parts_of(open_text(tmp_path).origin, 70)  # ten lines of seven bytes
    sizes = [sum(p.stop - p.start for p in part.pieces) for part in parts]
    assert sum(sizes) == 7 * (99 + 21)
    assert max(sizes) <= 70 + 7 + 63
    assert len(parts) == 12


def test_a_text_of_one_line_is_one_part(tmp_path):
    (tmp_path / "line.txt").write_text("word " * 1000)
    assert len(parts_of(open_text(tmp_path / "line.txt").origin, 10)) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig", "cp037"])
def test_other_encodings_are_not_cut(tmp_path, encoding):
    lines = "".join(f"Zeile {i} ausführlich 一\n"[: 20 + i % 3] for i in range(50))
    lines = lines if encoding != "cp037" else "Zeile\n" * 50
    (tmp_path / "a.txt").write_bytes(lines.encode(encoding))
    text = open_text(tmp_path / "a.txt", encoding=encoding)
    assert not is_bytewise(encoding)
    assert len(parts_of(text.origin, 10)) == 1
    assert "".join(map(read, parts_of(text.origin, 10))) == read(text)


def test_a_bad_byte_is_named_by_its_place_in_the_file(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"good line\n" * 20 + b"caf\xe9\n" + b"good line\n" * 20)
    parts = parts_of(Origin((str(path),), "utf-8"), 50)
    with pytest.raises(CorpusError, match="byte 0xe9 at offset 203 "):
        list(map(read, parts))


def test_a_file_that_is_gone_or_another_is_refused(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n")
    (part,) = parts_of(open_text(path).origin, 100)
    path.write_text("one\ntwo\nthree\n")
    with pytest.raises(CorpusError, match=r"14 bytes here and 8 where the run began"):
        read(part)
    path.unlink()
    with pytest.raises(UsageError, match=r"cannot read .*a\.txt: No such file"):
        read(part)


def test_a_damaged_gzip_file_is_one_line(tmp_path):
    lines = "".join(f"{i} {i * i} {i * 7919 % 1000}\n" for i in range(5000))
    data = gzip.compress(lines.encode())
    (tmp_path / "a.txt.gz").write_bytes(data[:-100])
    (part,) = parts_of(Origin((str(tmp_path / "a.txt.gz"),), "utf-8"), 1 << 20)
    with pytest.raises(CorpusError, match=r"a\.txt\.gz is a damaged gzip file"):
        read(part)


def test_what_is_in_no_file_has_no_origin(tmp_path, monkeypatch):
    import io
    import sys

    class Standard:
        buffer = io.BytesIO(b"one two\n")

    monkeypatch.setattr(sys, "stdin", Standard)
    assert open_text("-").origin is None
    assert open_text("village:test").origin is None


def test_sizes_are_balanced_over_unequal_files(tmp_path):
    for i, lines in enumerate((1, 500, 3, 40, 1)):
        (tmp_path / f"{i}.txt").write_text("a b c d\n" * lines)
    parts = parts_of(open_text(tmp_path).origin, 400)
    pieces = list(itertools.chain.from_iterable(part.pieces for part in parts))
    assert sum(piece.stop - piece.start for piece in pieces) == 8 * 545
    assert len(parts) >= 9
