"""The tools reveal the bugs: checks fail what is mistaken and pass what is right."""

import math
import pathlib
import re

import pytest

from keraslm.course import zoo
from keraslm.course.zoo.contents import NAMES, bugs

ROOT = pathlib.Path(__file__).parents[2]
PAGE = ROOT / "docs/bug-zoo.md"
ON_KERAS = (
    "padding_in_the_loss",
    "softmax_twice",
    "future_leak",
    "mask_of_the_prediction",
)
FIGURES = {
    # fox, of <unk> </s> the dog barks cat sleeps fox
    "vocabulary_of_the_test_text": 1 / 8,
    # P = 1 for each of 6 words, whose sum is 5 too large
    "softmax_axis": 5,
    # -log(e / (e + 4)) for 5 words, where the loss is 0
    "softmax_twice": math.log(math.e + 4) - 1,
    # the argmax has all draws, where it should have 0.4 of them
    "greedy_sampling": 0.6,
    # the norm of (3, 4)
    "clipped_after_the_step": 5,
    # 3 of 3 words that were given a tag, of 6 words
    "mask_of_the_prediction": 1 - 3 / 6,
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.backends) if name in ON_KERAS else name
        for name in NAMES
    ],
)
def test_the_tool_reveals_the_bug(name):
    bug = bugs()[name]
    wrong = bug.check(bug.mistaken)
    assert wrong.passed is False
    if name in FIGURES:
        assert wrong.figure == pytest.approx(FIGURES[name], abs=1e-6)
    assert bug.check(bug.right).passed is True


def test_perplexities_by_hand():
    halves, eighths = [-math.log(2)] * 3, [-math.log(8)]
    found = bugs()
    # nats: 3 log 2 + log 8 = 6 log 2 of 4 tokens; exp(6/4 log 2) = 2^1.5
    for name, given, mistaken in (
        ("base_two", halves + eighths, 2 ** (1.5 * math.log(2))),
        ("exponentials_averaged", halves + eighths, (3 * 2 + 8) / 4),
        ("perplexity_averaged", [halves, eighths], (2 + 8) / 2),
    ):
        assert found[name].right(given) == pytest.approx(2**1.5)
        assert found[name].mistaken(given) == pytest.approx(mistaken)


def test_every_file_is_in_the_contents():
    (folder,) = zoo.__path__
    files = {path.stem for path in pathlib.Path(folder).glob("*.py")}
    assert files - {"__init__", "bug", "contents", "program", "sample"} == {*NAMES}
    assert len(NAMES) == 18


def row(name, bug):
    """Give the line of a bug in the table of the page."""
    seen = bug.seen
    if thread := re.fullmatch(r"([\w.-]+/[\w.-]+)#(\d+)", seen):
        seen = f"[{seen}](https://github.com/{thread[1]}/issues/{thread[2]})"
    else:
        assert seen == "common"
    file = f"[{name}.py](../keraslm/course/zoo/{name}.py)"
    return f"| {bug.name} | {bug.symptom} | {bug.revealed_by} | {seen} | {file} |"


def test_the_page_has_the_table():
    table = "\n".join(row(name, bug) for name, bug in bugs().items())
    assert table in PAGE.read_text("utf-8")
