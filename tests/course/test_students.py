"""A class: each has a row, a text of its own, and the mistakes are counted."""

import csv
import os
import unicodedata

import numpy as np
import pytest

from keraslm.course import sandbox
from keraslm.course.contents import lesson
from keraslm.course.exercise import Draw
from keraslm.course.students import (
    check_handed,
    handed_in,
    lesson_of,
    mistakes,
    text_seed,
    write_rows,
)
from keraslm.errors import UsageError
from keraslm_datasets import village
from tests.course.files import SENTENCES, answers

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the processes of Unix")
COUNTING = answers("counting")[1]


def sentences(seed):
    return list(village.lines("train", 500, seed))


@pytest.mark.long
def test_every_file_of_a_class_has_a_row(tmp_path, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 2.0)
    wrong = COUNTING.replace('["<s>"] + words + ["</s>"]', 'words + ["</s>"]')
    files = {
        "alice.py": COUNTING,
        "bob/counting.py": wrong,
        "=cmd().py": wrong,
        "eve.py": "def ngrams(a): while",
        "loop.py": "def ngrams(words, n):\n    while True: pass\n",
        "crash.py": "import os\ndef ngrams(words, n): os._exit(3)\n",
        "empty.py": "",
        ".hidden.py": "x",
        "__pycache__/x.py": "x",
    }
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    rows = [check_handed(each, None, 0, sentences) for each in handed_in(tmp_path)]
    found = {row.student: row for row in rows}
    assert {name: (row.lesson, row.right) for name, row in found.items()} == {
        "alice": ("counting", 4),
        "bob": ("counting", 3),
        "=cmd()": ("counting", 3),
        "eve": ("counting", 0),
        "loop": ("counting", 0),
        "crash": ("counting", 0),
        "empty": ("", 0),
        "gone": ("", 0),
    }
    counted = {each[:2]: each[2] for each in mistakes(rows)}
    assert counted["bigram_counts", "writes no <s>"] == 2
    assert counted["ngrams", "it did not end within 2 seconds"] == 1
    assert counted["ngrams", "the program ended before it answered"] == 1
    assert counted["the file", "it cannot be imported"] == 1

    write_rows(rows, tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        lines = {line["student"]: line for line in csv.DictReader(file)}
    assert len(lines) == len(rows)
    assert "'=cmd()" in lines  # no formula
    assert lines["bob"]["right"] == "3"
    assert lines["bob"]["exercises"] == "4"
    assert "bigram_counts: writes no <s>" in lines["bob"]["outcomes"]
    assert lines["eve"]["outcomes"].startswith("the file: it cannot be imported: Synt")


def test_a_student_s_text_is_the_same_for_ever_and_another_s_is_another():
    assert text_seed("alice") == 735577801  # the first 32 bits of SHA-256
    assert text_seed("Alice") == text_seed("alice")
    assert text_seed("Jos\u00e9") == text_seed(
        unicodedata.normalize("NFD", "Jos\u00e9")
    )
    assert text_seed("alice") != text_seed("bob")
    assert sentences(text_seed("alice")) != sentences(text_seed("bob"))


def test_inputs_come_from_the_student_s_text():
    given = Draw(np.random.default_rng(0), ["the one sentence ."])
    drawn = list(lesson("counting").exercises["bigram_counts"].cases(given))
    assert drawn[-1][0] == ["the one sentence .".split()] * 20


def test_a_lesson_is_told_by_what_a_file_defines():
    assert lesson_of(COUNTING.encode()) == "counting"
    assert lesson_of(lesson("truth").stub().encode()) == "truth"
    assert lesson_of(b"def softmax(\xff") == "classes"
    assert lesson_of(b"x = 1") is None


def test_no_class(tmp_path):
    with pytest.raises(UsageError, match="holds no exercises"):
        handed_in(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        handed_in(tmp_path / "nowhere")


def test_names_of_functions_are_of_one_lesson():
    from keraslm.course.contents import NAMES

    names = [function for name in NAMES for function in lesson(name).exercises]
    assert len(names) == len(set(names)) == 53
    assert len(SENTENCES) > 100
