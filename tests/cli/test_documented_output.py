"""What the pages on exercises and on troubles show is what the commands print."""

import importlib.util
import os
import socket

import pytest

from tests.course.files import answers, mutated
from tests.docs_shell import Folder
from tests.documented import ROOT, blocks

SOURCE, MUTANTS = answers("counting")[1], answers("counting")[0].MUTANTS
NOTHING = "def {}(*arguments):\n    raise NotImplementedError\n"
ENDLESS = "def {}(*arguments):\n    while True:\n        pass\n"
NAMES = ("ngrams", "bigram_counts", "relative_frequencies", "share_seen_once")
HEAD = "from collections import defaultdict\n\n\n"
NO_END, OF_ALL = "writes no </s>", "divides by the count of all pairs"
OTHER_HOST = "Error: cannot download"  # a test has no network


def answer(name, does):
    """Give a student's answer: a right one, a known mistake, or another text."""
    if "{}" in does:
        return does.format(name)
    return mutated(SOURCE, name, MUTANTS[name][does] if does else ())


def student(*does):
    """Give a student's file, by what its four functions do."""
    return HEAD + "\n\n\n".join(map(answer, NAMES, does))


def printed(page, beginning=""):
    """Give the lines of the blocks of a page that begin so."""
    return [
        line
        for block in blocks(ROOT / "docs" / page)
        if block.kind == "printed" and block.text.startswith(beginning)
        for line in block.text.splitlines()
    ]


@pytest.mark.skipif(os.name != "posix", reason="the processes of Unix")
def test_the_page_on_exercises_shows_what_check_prints(keraslm, tmp_path):
    path = tmp_path / "counting.py"
    path.write_text(student("", NO_END, OF_ALL, NOTHING))
    shown = keraslm("check", "counting", path, "--hint", 2).stdout.splitlines()
    wanted = printed("exercises.md", "Lesson 2")
    assert shown[: len(wanted)] == wanted
    assert shown[len(wanted) :][0] == ""  # and how to draw the same inputs again


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="the processes of Unix")
def test_the_page_on_exercises_shows_the_mistakes_of_a_class(keraslm, tmp_path):
    files = {
        "ann": student("", NO_END, OF_ALL, NOTHING),
        "bob": student("", NO_END, OF_ALL, NOTHING),
        "eve": student(ENDLESS, NOTHING, NOTHING, NOTHING),
        "tim": "import nowhere\n" + student("", "", "", ""),
    }
    for name, source in files.items():
        (tmp_path / f"{name}.py").write_text(source)
    shown = keraslm("check", "counting", "--class", tmp_path).stdout.splitlines()
    wanted = printed("exercises.md", "exercise ")
    assert [line for line in wanted if line not in shown] == []


def test_the_page_on_troubles_has_the_messages(
    keraslm, train, text, tmp_path, monkeypatch
):
    """All but those of the network and of another backend."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.txt").write_bytes(b"a\xff")
    (tmp_path / "small.txt").write_text("a b\nc d\n\n")
    (tmp_path / "broken.keras").write_bytes(b"PK\3\4 cut")
    count = ("train", text, "--model", "ngram", "--order", "2", "--out", "runs/counts")
    calls = [
        count,
        count,
        ("train", "nothing.txt"),
        ("next", "runs/nothing", "the"),
        ("train", "bad.txt", "--model", "ngram"),
        ("train", "small.txt", "--model", "ngram"),
        ("train", text, "--model", "lsmt"),
        ("train", text, "--modle", "lstm"),
        ("train", text, "--model", "lstm", "--order", "3"),
        ("train", "village", "--split", "90/10"),
        ("next", "runs/counts", "zebra"),
        ("next", "broken.keras", "the"),
    ]
    shown = [line for c in calls for line in keraslm(*c).stderr.splitlines()]
    shown = [line.replace("See program ", "See keraslm ") for line in shown]
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        refused = keraslm("lab", "runs/counts", "--port", port).stderr
    shown += refused.replace(port, "8123").splitlines()
    wanted = printed("troubleshooting.md", "Error: ")
    left = (OTHER_HOST, "Error: KERAS_BACKEND")
    assert [w for w in wanted if w not in shown and not w.startswith(left)] == []


@pytest.mark.long
@pytest.mark.skipif(importlib.util.find_spec("jax") is not None, reason="JAX is there")
def test_the_page_on_troubles_has_the_message_of_a_missing_backend(tmp_path):
    ran = Folder(tmp_path).run("KERAS_BACKEND=jax keraslm train village --model lstm")
    assert ran.errors.splitlines()[-1] in printed("troubleshooting.md", "Error: ")
