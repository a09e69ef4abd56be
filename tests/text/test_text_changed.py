"""What is measured is what was read first: a text that changes meanwhile is refused."""

import os
import sys
import threading
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keraslm.errors import CorpusChanged
from keraslm.text import Text, open_corpus, open_text


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "texts" / "a.txt"
    path.parent.mkdir()
    path.write_text("one two\n" * 50)
    return path


def read(text):
    return "".join(text.chunks())


@pytest.mark.parametrize("given_as", ["file", "folder"])
def test_another_text_is_refused_at_its_end(file, given_as):
    text = open_text(file if given_as == "file" else file.parent)
    before = (read(text), text.sha256)
    file.write_text("one six\n" * 50)  # as long as before
    with pytest.raises(CorpusChanged, match="has changed since it was first read"):
        read(text)
    file.write_text("one two\n" * 50)
    assert (read(text), text.sha256) == before


@pytest.mark.parametrize("data", [None, b"\xff\xfe", b"\x1f\x8bno gzip"])
def test_a_text_that_is_gone_or_no_text_any_more_is_refused(file, data):
    text = open_text(file)
    assert text.characters == 400
    file.unlink()
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(CorpusChanged, match="it could be read before"):
        read(text)


def test_all_parts_of_a_corpus_are_of_one_state_of_the_file(file):
    corpus = open_corpus(file, split="50/25/25", chunk_size=10)
    with file.open("a") as more:
        more.write("three\n")
    assert read(corpus.train) == "one two\n" * 25  # it ends before what was added
    with pytest.raises(CorpusChanged):
        read(corpus.test)


def test_what_came_through_a_pipe_stays_what_it_was(file, monkeypatch):
    os.mkfifo(file.parent / "pipe")
    data = file.read_text()
    writer = threading.Thread(target=(file.parent / "pipe").write_text, args=(data,))
    writer.start()
    text = open_text(file.parent / "pipe")
    writer.join()
    (file.parent / "pipe").unlink()
    with file.open("rb") as stream:
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=stream))
        piped = open_text("-")
    file.unlink()
    assert read(text) == read(text) == read(piped) == read(piped) == data


@given(st.lists(st.text(), min_size=1, max_size=4), st.integers(0, 3))
def test_a_text_read_in_other_chunks_is_the_same_text(pieces, at):
    whole = "".join(pieces)
    cuts = [pieces, [whole], [whole[:at], whole[at:]]]
    text = Text("text", lambda: iter(cuts.pop(0)))
    assert read(text) == read(text) == read(text) == whole
