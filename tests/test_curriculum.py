"""Each row of the curriculum has one place in the lessons, and the page leads to it."""

import re
from collections import Counter
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
TARGET = re.compile(r"^\(((?:row|slip)-[\w-]+)\)=$", re.MULTILINE)
LINK = re.compile(r"^\| (\w+) .*\]\((lessons/\w+\.md)#([\w-]+)\) \|$", re.MULTILINE)
ROWS = 55

Targets = list[tuple[str, str]]
Links = list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def targets() -> Targets:
    """Give the name of each target and the lesson that has it."""
    return [
        (name, f"lessons/{lesson.name}")
        for lesson in sorted(DOCS.glob("lessons/[0-9]*.md"))
        for name in TARGET.findall(lesson.read_text(encoding="utf-8"))
        if not name.endswith("-again")
    ]


@pytest.fixture(scope="module")
def links() -> Links:
    """Give for each line of the tables its first cell, the lesson and the target."""
    return LINK.findall((DOCS / "curriculum.md").read_text(encoding="utf-8"))


def test_each_row_has_one_target_in_all_lessons(targets: Targets) -> None:
    rows = Counter(name for name, _ in targets if name.startswith("row-"))
    assert rows == {f"row-{number}": 1 for number in range(1, ROWS + 1)}


def test_the_page_leads_to_the_target_of_each_row_and_slip(
    targets: Targets, links: Links
) -> None:
    assert sorted((name, lesson) for _, lesson, name in links) == sorted(targets)


def test_a_line_of_the_page_leads_to_its_own_row(links: Links) -> None:
    rows = [(first, name) for first, _, name in links if name.startswith("row-")]
    assert rows == [(str(n), f"row-{n}") for n in range(1, ROWS + 1)]
    slips = [(first, name) for first, _, name in links if name.startswith("slip-")]
    assert all(name.startswith(f"slip-{lecture}-") for lecture, name in slips)
