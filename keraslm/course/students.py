"""A class: whose files lie in a folder, what became of each, which mistakes are common.

folder/alice.py            or    folder/alice/counting.py, folder/alice/gates.py
"""

import csv
import hashlib
import pathlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from keraslm.course.check import (
    FILE,
    LARGEST,
    MISSING,
    RAISED,
    RIGHT,
    STOPPED,
    WRONG,
    Outcome,
    check,
)
from keraslm.course.contents import NAMES, lesson
from keraslm.errors import UsageError
from keraslm.files.destinations import Name
from keraslm.files.writing import read_small, write_atomically

DEFINED = re.compile(rb"^def +([a-z_0-9]+)", re.MULTILINE)
COLUMNS = ("student", "lesson", "right", "exercises", "text seed", "outcomes")
SAYS = {MISSING: "is not written", RAISED: "raises an error", WRONG: "is wrong"}
FORMULA = ("=", "+", "-", "@", "\t")  # what a spreadsheet would compute


class Handed(NamedTuple):
    """A file that a student handed in."""

    student: str
    path: pathlib.Path


class Row(NamedTuple):
    """What became of a student's exercises of a lesson; "" if it is none of ours."""

    student: str
    lesson: str
    text_seed: int
    outcomes: list[Outcome]

    @property
    def right(self) -> int:
        """How many exercises are right."""
        return sum(each.status == RIGHT for each in self.outcomes)

    @property
    def exercises(self) -> int:
        """How many exercises the lesson has."""
        return len(lesson(self.lesson).exercises) if self.lesson else 0


def text_seed(student: str) -> int:
    """Give the seed of a student's text of village, the same for ever.

    Math: the first 32 bits of SHA-256 of the name in lower case, as NFC
    """
    name = unicodedata.normalize("NFC", student).lower()
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:4], "big")


def handed_in(folder: Name) -> list[Handed]:
    """Give the Python files of a folder, and of the folders in it, with their students.

    Raises: UsageError if it is no folder, or holds no such file.
    """
    top = pathlib.Path(folder)
    if not top.is_dir():
        raise UsageError(
            f"{folder} is no folder; give the one with the students' files"
        )
    paths = [path for path in sorted(top.glob("*.py")) if _is_handed(path)]
    below = [path for path in sorted(top.glob("*/*.py")) if _is_handed(path)]
    found = [Handed(path.stem, path) for path in paths]
    found += [Handed(path.parent.name, path) for path in below]
    if not found:
        raise UsageError(
            f"{folder} holds no exercises; each student has a file NAME.py, or a "
            "folder with files"
        )
    return sorted(found)


def _is_handed(path: pathlib.Path) -> bool:
    hidden = path.name.startswith(".") or path.parent.name.startswith((".", "__"))
    return not hidden and not path.is_dir()


def check_handed(
    handed: Handed,
    lesson_name: str | None,
    seed: int,
    sentences: Callable[[int], Sequence[str]],
) -> Row:
    """Check a file; `sentences` gives those of a text's seed.

    Without a lesson's name it is the one of which the file defines most functions.
    """
    text = text_seed(handed.student)
    try:
        source = read_small(handed.path, LARGEST, "exercise")
    except UsageError as error:
        return Row(handed.student, lesson_name or "", text, [_unread(str(error))])
    named = lesson_name or lesson_of(source)
    if named is None:
        none = _unread("the file defines no function of any lesson")
        return Row(handed.student, "", text, [none])
    found = lesson(named)
    outcomes = check(found.exercises, source, seed, sentences(text))
    return Row(handed.student, found.name, text, outcomes)


def _unread(reason: str) -> Outcome:
    return Outcome(FILE, STOPPED, reason)


def lesson_of(source: bytes) -> str | None:
    """Find the lesson whose functions a file defines; it need not be right Python."""
    defined = {name.decode("ascii") for name in DEFINED.findall(source)}
    found = {name: len(defined & lesson(name).exercises.keys()) for name in NAMES}
    best = max(found, key=lambda name: found[name])
    return best if found[best] else None


def write_rows(rows: Sequence[Row], path: Name) -> None:
    """Write a line of CSV for each student and lesson."""
    with (
        write_atomically(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([*map(_cell, _cells(row))] for row in rows)


def _cells(row: Row) -> tuple[str | int, ...]:
    told = "; ".join(f"{each.exercise}: {in_short(each)}" for each in row.outcomes)
    return row.student, row.lesson, row.right, row.exercises, row.text_seed, told


def _cell(value: str | int) -> str | int:
    """Let a spreadsheet take no name for a formula."""
    return (
        f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
    )


def in_short(outcome: Outcome) -> str:
    """Say in a few words what became of an exercise: its known mistake, if any."""
    if outcome.status == RIGHT:
        return "right"
    if outcome.status == STOPPED:
        return outcome.broken
    return outcome.mistake or SAYS[outcome.status]


def mistakes(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """Count the students with each mistake: exercise, mistake, number; most first."""
    counts = Counter(_mistakes(rows))
    return [(*key, number) for key, number in counts.most_common()]


def _mistakes(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for each in row.outcomes:
            if each.status != RIGHT:
                yield each.exercise, in_short(each).split(":")[0]
