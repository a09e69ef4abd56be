"""The table of contents: the lessons by number and by name."""

import importlib

from keraslm.course.exercise import Lesson
from keraslm.errors import UsageError

NAMES = (
    "next-word",
    "counting",
    "smoothing",
    "perplexity",
    "classes",
    "windows",
    "recurrence",
    "gates",
    "characters",
    "both-ways",
    "attention",
    "truth",
)


def lesson(name: str) -> Lesson:
    """Give a lesson by its name or its number, 1 to 12.

    Raises: UsageError if there is none.
    """
    numbered = {str(number): each for number, each in enumerate(NAMES, start=1)}
    named = numbered.get(name, name)
    if named not in NAMES:
        raise UsageError(
            f"there is no lesson {name}; the lessons are 1 to {len(NAMES)}, or "
            f"{', '.join(NAMES)}"
        )
    room = importlib.import_module(f"keraslm.course.lessons.{named.replace('-', '_')}")
    found: Lesson = room.LESSON
    return found
