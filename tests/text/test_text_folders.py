"""Folders: named parts, or every text file below."""

import gzip
import os

import pytest

from keraslm.errors import CorpusError, UsageError
from keraslm.files.marker import make_marked
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


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"config.toml": "", "history.csv": "step\n"}, "a run"),
        ({"model.keras": b"PK", "card.json": "{}"}, "a run"),
        ({"ladder.json": "{}", "ladder.md": "#"}, "a ladder"),
        ({"learning_rate.csv": "1", "learning_rate.png": b"\x89PNG"}, "a search for"),
        ({"model.json": "{}", "generate.py": ""}, "an export"),
        ({"vectors.tsv": "1", "metadata.tsv": "a"}, "vectors for the projector"),
    ],
)
def test_folders_of_versions_without_a_mark_are_known(folder, files, kind):
    below = {f"runs/old/{name}": data for name, data in files.items()}
    path = folder(**{"a.txt": "one\n", **below})
    text = open_text(path)
    assert words(text) == "one\n"
    ((name, what),) = text.skipped
    assert name == "runs/old"
    assert what.startswith(kind)
    with pytest.raises(CorpusError, match=r"no texts; .*keraslm resume|no texts; give"):
        open_text(path / "runs/old")


def test_a_marked_folder_is_left_out_with_all_that_it_holds(folder):
    path = folder(**{"a.txt": "one\n"})
    make_marked(path / "demo", "a demo")
    folder(**{"demo/lstm/samples.txt": "two\n", "demo/notes.txt": "three\n"})
    assert words(open_text(path)) == "one\n"
    assert open_text(path).skipped == (("demo", "a demo that keraslm wrote"),)


def test_a_folder_with_texts_is_not_marked_and_stays_a_corpus(folder):
    path = folder(**{"a.txt": "one\n"})
    make_marked(path, "vectors for the projector")
    assert words(open_text(path)) == "one\n"


def test_one_file_like_a_runs_makes_no_run(folder):
    path = folder(**{"a.txt": "one\n", "model.keras": b"PK\3\4"})
    assert words(open_text(path)) == "one\n"


def test_links_are_named_and_only_files_are_followed(folder, tmp_path):
    path = folder(**{"a.txt": "one\n", "sub/b.txt": "two\n"})
    (path / "again").symlink_to(path, target_is_directory=True)
    (path / "gone").symlink_to(tmp_path / "nothing")
    (path / "z.txt").symlink_to(path / "a.txt")
    os.mkfifo(path / "pipe")
    text = open_text(path)
    assert words(text) == "one\ntwo\none\n"
    assert dict(text.skipped) == {
        "again": "a link to a folder, and these are not followed",
        "gone": "a link to nothing",
        "pipe": "no regular file",
    }


def test_results_among_texts_are_left_out(folder):
    path = folder(
        **{
            "a.txt": "one\n",
            "lm.arpa": "\\data\\\nngram 1=2\n\n\\1-grams:\n",
            "vectors.txt": "2 3\nthe 0.5 -1e-05 2\ndog 1 1 1\n",
            "classes.txt": "00\tthe\t9\n01\tdog\t3\n1\t</s>\t2\n",
            "counts.csv": 'history,the,dog\n"a,b",0,4\nthe,0,4\n',
            "numbers.txt": "2 3\nfour five\n",
            "prices.csv": "price,the,dog\nthe,0,4\n",
        }
    )
    text = open_text(path)
    assert words(text).startswith("one\n2 3\nfour five\nprice")
    assert {name: what.removesuffix(", not text") for name, what in text.skipped} == {
        "lm.arpa": "an ARPA file",
        "vectors.txt": "a file of word vectors",
        "classes.txt": "a file of word classes",
        "counts.csv": "a table of counts",
    }


def test_wide_and_binary_files_are_named_with_what_they_are(folder):
    path = folder(
        **{"a.txt": "one\n", "b.txt": "two".encode("utf-16"), "c.txt": b"x\0y"}
    )
    for opened in (open_text(path), open_corpus(path, split="100")):
        assert [str(each) for each in opened.skipped] == [
            "b.txt: UTF-16 text (it starts with that byte order mark) and cannot be "
            "read as utf-8",
            "c.txt: a binary file (a NUL byte at offset 1), not text",
        ]
    (path / "a.txt").unlink()
    with pytest.raises(CorpusError, match=r"\(b\.txt: UTF-16.*; c\.txt: a binary"):
        open_text(path)


def test_an_empty_name_is_not_the_present_folder(folder, monkeypatch):
    monkeypatch.chdir(folder(**{"a.txt": "one\n"}))
    for open_it in (open_text, open_corpus):
        with pytest.raises(UsageError, match="empty, as that of a variable"):
            open_it("")


def test_a_part_may_be_a_folder_of_packed_files(folder):
    files = {f"train/{i}.txt.gz": gzip.compress(f"{i} x".encode()) for i in range(3)}
    files |= {"train/picture.png": b"\x89PNG", "valid.txt": "v\n", "test/a": "t\n"}
    corpus = open_corpus(folder(**files, **{"notes.txt": "n\n"}))
    assert corpus.has_own_parts
    assert words(corpus.train) == "0 x\n1 x\n2 x"  # a newline between two files
    assert (words(corpus.valid), words(corpus.test)) == ("v\n", "t\n")
    skipped = {each.path: each.what for each in corpus.skipped}
    assert skipped["train/picture.png"].startswith("a PNG picture")
    assert skipped["notes.txt"] == "none of the parts (train, valid.txt, test)"
    assert len(skipped) == 2


def test_a_folder_and_a_file_may_not_be_the_same_part(folder):
    path = folder(**{"train.txt": "a\n", "train/b.txt": "b\n"})
    with pytest.raises(CorpusError, match="two files for the train part"):
        open_corpus(path)


def test_an_empty_folder_and_a_run_are_no_parts(folder):
    path = folder(**{"train.txt": "a\n", "test/.hidden": "b\n"})
    make_marked(path / "valid", "a run")
    corpus = open_corpus(path)
    assert (corpus.valid, corpus.test) == (None, None)
