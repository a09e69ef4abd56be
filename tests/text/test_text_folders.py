"""Folders: named parts, or every text file below."""

import gzip

import pytest

from keraslm.errors import CorpusError
from keraslm.text import open_corpus, open_text


@pytest.fixture
def folder(tmp_path):
    def fill(**files):
        for name, data in files.items():
            path = tmp_path / "corpus" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return tmp_path / "corpus"

    return fill


def words(text):
    return None if text is None else "".join(text.chunks())


@pytest.mark.parametrize(
    "names",
    [
        ("train.txt", "valid.txt", "test.txt"),
        ("train.txt.gz", "dev.txt", "test"),
        ("ptb.train.txt", "ptb.valid.txt", "ptb.test.txt"),
        ("wiki.train.tokens", "wiki.validation.tokens", "wiki.test.tokens"),
        ("Train.text", "val.raw", "TEST.TXT"),
    ],
)
def test_parts_by_name(folder, names):
    files = dict(zip(names, ["one\n", "two\n", "three\n"], strict=True))
    if names[0].endswith(".gz"):
        files[names[0]] = gzip.compress(b"one\n")
    corpus = open_corpus(folder(**files, README="read me"))
    parts = [words(part) for part in (corpus.train, corpus.valid, corpus.test)]
    assert parts == ["one\n", "two\n", "three\n"]
    assert corpus.name == "corpus"
    (other,) = corpus.skipped
    assert other.path == "README"
    assert other.what.startswith(f"none of the parts ({names[0]}, ")


def test_a_part_may_be_missing_but_not_the_training_part(folder):
    corpus = open_corpus(folder(**{"train.txt": "a b\n"}))
    assert (corpus.valid, corpus.test) == (None, None)
    path = folder(**{"test.txt": "a b\n"})
    (path / "train.txt").unlink()
    whole = open_corpus(path, split="100")
    assert words(whole.train) == "a b\n"


def test_two_files_for_one_part_are_refused(folder):
    path = folder(**{"train.txt": "a", "ptb.train.txt": "b"})
    with pytest.raises(CorpusError, match=r"ptb\.train\.txt and train\.txt"):
        open_corpus(path)


def test_an_empty_or_binary_part_is_refused(folder):
    path = folder(**{"train.txt": "a b", "valid.txt": ""})
    with pytest.raises(CorpusError, match=r"valid\.txt is empty"):
        open_corpus(path)
    path = folder(**{"valid.txt": b"\0"})
    with pytest.raises(CorpusError, match=r"valid\.txt is a binary"):
        open_corpus(path)


def test_other_folders_are_joined_in_sorted_order(folder):
    path = folder(
        **{
            "b.txt": "two",
            "a/z.txt": "one\n",
            "c/empty.txt": "",
            "d.txt.gz": gzip.compress(b"\xef\xbb\xbfthree"),
            "e.png": b"\x89PNG\0",
            "f.txt.gz": b"\x1f\x8bbroken",
            ".hidden": "no",
            ".git/config": "no",
        }
    )
    corpus = open_corpus(path, split="100")
    assert words(corpus.train) == "one\ntwo\nthree"
    assert dict(corpus.skipped) == {
        "c/empty.txt": "empty",
        "e.png": "a PNG picture, not text",
        "f.txt.gz": dict(corpus.skipped)["f.txt.gz"],
        ".git": "hidden",
        ".hidden": "hidden",
    }
    assert dict(corpus.skipped)["f.txt.gz"].startswith("a damaged gzip file")
    text = open_text(path)
    assert words(text) == "one\ntwo\nthree"
    assert text.skipped == corpus.skipped


def test_a_bad_byte_in_a_folder_names_the_file(folder):
    path = folder(**{"a.txt": "fine\n", "b.txt": b"caf\xe9\n"})
    with pytest.raises(CorpusError, match=r"b\.txt is not utf-8 text.*offset 3"):
        open_corpus(path)


def test_a_folder_without_text_is_refused(folder, tmp_path):
    path = folder(**{"a.png": b"\x89PNG", ".notes": "hidden"})
    with pytest.raises(CorpusError, match=r"\(a\.png: a PNG picture.*\.notes: hidden"):
        open_corpus(path)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(CorpusError, match="no text files;"):
        open_text(tmp_path / "nothing")
    path = folder(**{"a.png": ""})
    with pytest.raises(CorpusError, match=r"a\.png: empty"):
        open_corpus(path)


def test_what_a_run_wrote_is_no_corpus(folder):
    path = folder(**{"model.keras": b"PK", "samples.txt": "abba\n", "config.toml": ""})
    for open_it in (open_corpus, open_text):
        with pytest.raises(CorpusError, match=r"trained model.*keraslm resume"):
            open_it(path)
