"""keraslm check: from the stub to a file that is right, and a class."""

import csv
import json
import os
import pathlib

import pytest

from tests.course.files import answers

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the processes of Unix")
SOURCE = answers("counting")[1]


@pytest.fixture
def wrong(tmp_path):
    """A file with one mistake."""
    path = tmp_path / "wrong.py"
    path.write_text(SOURCE.replace("/ len(counts)", "/ counts.total()"))
    return path


def test_from_the_stub_to_what_is_right(keraslm, tmp_path):
    stub = keraslm("check", "2", "--stub")
    assert stub.exit_code == 0
    path = tmp_path / "mine.py"
    path.write_text(stub.stdout)
    begun = keraslm("check", "counting", path)
    assert begun.exit_code == 1
    assert begun.stdout.startswith("Lesson 2, Counting: 0 of 4 right\n")
    assert begun.stdout.count("not written yet") == 4
    path.write_text(SOURCE)
    done = keraslm("check", "counting", path)
    assert done.exit_code == 0
    assert "4 of 4 right" in done.stdout


def test_what_is_wrong_is_told_without_the_answer(keraslm, wrong):
    shown = keraslm("check", "counting", wrong, "--hint", 3, "--seed", 1)
    assert shown.exit_code == 1
    lines = shown.stdout.splitlines()
    start = lines.index("share_seen_once: wrong")
    assert lines[start + 2 : start + 6] == [
        # a twice, b once: the share is 1/2 of words, 1/3 of occurrences
        "  smallest input: share_seen_once(words=['a', 'b', 'a'], n=1)",
        "  yours gives: 0.3333333333333333",
        "  yours behaves like a program that divides by all occurrences",
        "  hint 3: In a b a: how many words are there, and how many occur once?",
    ]
    assert "0.5" not in shown.stdout


def test_json_and_a_student_s_text(keraslm, wrong):
    result = keraslm("check", "2", wrong, "--json", "--student", "alice", "--seed", 7)
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["text_seed"] == 735577801
    assert told["seed"] == 7
    assert round(told["entropy_per_token"], 4) == 1.9867
    statuses = {each["exercise"]: each["status"] for each in told["exercises"]}
    assert statuses.pop("share_seen_once") == "wrong"
    assert set(statuses.values()) == {"right"}


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_class(terminal, tmp_path, wrong, columns):
    lines = terminal(columns, "check", "--class", tmp_path, "--seed", 0)
    path = str(tmp_path / "results.csv")
    shown = [line for line in lines if not line.startswith("checking")]
    assert max(len(line) for line in shown if path not in line) <= columns
    text = "\n".join(shown)
    assert "wrong" in text
    assert "3 of 4" in text
    with (tmp_path / "results.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["student"] == "wrong"
    assert row["right"] == "3"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["13", "x.py"], 2, "there is no lesson 13"),
        (["2", "nowhere.py"], 2, "nowhere.py"),
        (["2"], 2, "--stub"),
        ([], 2, "LESSON"),
        (["--class", "nowhere"], 2, "is no folder"),
        (["2", "x.py", "--class", "nowhere"], 2, "--class"),
        (["2", "x.py", "--stub"], 2, "--stub"),
    ],
)
def test_what_is_refused(keraslm, refused, arguments, status, says):
    refused(keraslm("check", *arguments), status, says)


def test_the_results_are_not_written_over_a_file_that_is_read(keraslm, refused, wrong):
    result = keraslm("check", "--class", wrong.parent, "--csv", wrong)
    refused(result, 2, "is what is read")
    assert pathlib.Path(wrong).read_text().startswith('"""Two right')


def test_a_class_of_one_lesson_in_json(keraslm_json, tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ann.py").write_text("def entropy(p): return 0\n")
    table = tmp_path / "table.csv"
    told = keraslm_json("check", "2", "--class", folder, "--csv", table, "--seed", 3)
    (row,) = told["rows"]
    assert (row["student"], row["lesson"], row["right"]) == ("ann", "counting", 0)
    assert {each["status"] for each in row["outcomes"]} == {"missing"}
    assert table.read_text().startswith("student,lesson,right,exercises,text seed,")
