"""What a command leaves out of a folder is told; what it wrote there is no text."""

import json
import pathlib

import pytest

from tests.cli.conftest import SENTENCES

NGRAM = ("--model", "ngram", "--order", 2)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A corpus folder, in which the commands run."""
    path = tmp_path / "texts"
    path.mkdir()
    (path / "a.txt").write_text(SENTENCES * 9)
    monkeypatch.chdir(path)
    return path


def counted(keraslm):
    """The words of the present folder's table of counts."""
    result = keraslm("counts", ".", "--json")
    return json.loads(result.stdout)["table"]


@pytest.mark.parametrize(
    "command",
    [
        ("counts", ".", "--json"),
        ("classes", ".", "--number", 2, "--json"),
        ("embeddings", "train", ".", "--out", "../v.txt", "--epochs", 1, "--json"),
        ("evaluate", "../m.keras", ".", "--json"),
        ("compare", "../m.keras", "--text", ".", "--json"),
        ("audit", "../m.keras", "--text", ".", "--json"),
        ("train", ".", *NGRAM, "--out", "../run", "--json"),
        ("train", ".", *NGRAM, "--out", "../run"),
        (
            "ladder",
            ".",
            "--minutes",
            1,
            "--rungs",
            "unigram",
            "--out",
            "../l",
            "--json",
        ),
    ],
    ids=lambda command: " ".join(map(str, command[:2])),
)
def test_every_command_names_what_it_leaves_out(keraslm, folder, train, command):
    train()
    (folder / "b.txt").write_bytes(SENTENCES.encode("utf-16"))
    (folder / "c.txt").write_bytes(b"the dog\0")
    (folder / ".DS_Store").touch()
    result = keraslm(*command)
    assert result.exit_code == 0, result.output
    told = [line for line in result.stderr.split("\n") if line.startswith("left out")]
    assert told == [
        "left out of .: b.txt: UTF-16 text (it starts with that byte order mark) and "
        "cannot be read as utf-8",
        "left out of .: c.txt: a binary file (a NUL byte at offset 7), not text",
        "left out of .: .DS_Store: hidden",
    ]
    assert "left out" not in result.stdout
    if "--json" in command:
        json.loads(result.stdout)


def test_a_long_list_is_cut_and_hostile_names_are_escaped(keraslm, folder):
    for i in range(20):
        (folder / f"{i:02}.png").write_bytes(b"\x89PNG")
    (folder / "a\x1b[31m\n.gif").write_bytes(b"GIF89a")
    lines = keraslm("counts", ".").stderr.splitlines()
    assert lines == [
        "left out of .: 00.png, 01.png, 02.png and 17 more: a PNG picture, not text",
        "left out of .: a\\x1b[31m\\n.gif: a GIF picture, not text",
    ]


def test_a_folder_of_which_nothing_is_left_is_refused(keraslm, refused, folder):
    (folder / "a.txt").write_bytes(b"\0")
    refused(keraslm("counts", "."), 1, "holds no text files (a.txt: a binary file")


@pytest.mark.long
def test_a_run_inside_its_corpus_is_no_part_of_the_next(keraslm, folder):
    before = counted(keraslm)
    for out in ("run", "runs/two", "runs/three"):
        result = keraslm("train", ".", *NGRAM, "--out", out)
        assert result.exit_code == 0, result.output
    assert "run, runs/two: a run that keraslm wrote" in result.stderr
    pathlib.Path("run/.keraslm").unlink()  # as a version wrote it that made no mark
    keraslm("train", "--model", "bigram", "--find-rate", "--steps", 50, "--out", "rate")
    ladder = ("--minutes", 1, "--rungs", "uniform,unigram", "--out", "l")
    assert keraslm("ladder", ".", *ladder).exit_code == 0
    assert counted(keraslm) == before
    result = keraslm("counts", ".")
    assert "l: a ladder that keraslm wrote" in result.stderr
    assert "run, runs/three, runs/two: a run that keraslm wrote" in result.stderr


@pytest.mark.long
def test_a_run_below_its_corpus_is_resumed(keraslm, folder):
    often = ("--steps", 3, "--units", 4, "--embedding", 4, "--batch-size", 2)
    result = keraslm("train", ".", "--model", "rnn", *often, "--out", "run")
    assert result.exit_code == 0, result.output
    result = keraslm("resume", "run", "--steps", 5)
    assert result.exit_code == 0, result.output
    assert "going on after step 3" in result.stderr


def test_results_written_among_the_texts_are_no_part_of_them(keraslm, folder):
    before = counted(keraslm)
    keraslm("counts", ".", "--csv", "counts.csv")
    keraslm("classes", ".", "--number", 2, "--out", "classes.txt")
    keraslm("embeddings", "train", ".", "--out", "vectors.txt", "--epochs", 1)
    assert len(list(folder.iterdir())) == 4
    assert counted(keraslm) == before


def test_the_folder_of_the_texts_is_no_run(keraslm, refused, folder):
    for out in (".", "../texts"):
        result = keraslm("train", ".", *NGRAM, "--out", out)
        refused(result, 2, "is the folder of the texts")
    assert [path.name for path in folder.iterdir()] == ["a.txt"]
