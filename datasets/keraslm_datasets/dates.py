"""Dates: in sixteen formats and four languages, each with the date as ISO 8601 has it.

    the third of May, 1994      1994-05-03
    23/5/94                     1994-05-23
    一九九四年五月三日          1994-05-03

The dates are those from 1950 to 2049, so that a year of two digits is one year; day and
month between slashes stand first only where the day is above 12, so that they cannot be
taken for each other. Each date belongs to one part, train (80%), valid or test (10%
each), whatever the size and the seed: none of the test text is in the training text, in
any format.

The text has a date and its ISO form a line, a tab between them.
"""

import datetime
import functools
from collections.abc import Iterable, Iterator

import numpy as np

from keraslm_datasets import drawing
from keraslm_datasets.date_words import (
    chinese,
    chinese_digits,
    ordinal,
    ordinal_in_words,
    year_in_words,
)
from keraslm_datasets.drawing import SPLITS

__all__ = [
    "FORMATS",
    "SIZES",
    "SPLITS",
    "dates_of",
    "format_of",
    "formats_of",
    "pairs",
    "text",
    "written",
]

SIZES = {"small": 2_000, "medium": 20_000, "large": 200_000}  # pairs
FIRST, LAST = datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)
HELD_OUT = 0.1  # the share of the dates that valid has, and test

FORMATS = {
    "day month year": "{day} {month} {year}",
    "month day, year": "{month} {day}, {year}",
    "ordinal, day first": "{nth} of {month} {year}",
    "ordinal, month first": "{month} {nth}, {year}",
    "day in words": "the {nth_in_words} of {month}, {year}",
    "all in words": "{month} the {nth_in_words}, {year_in_words}",
    "with weekday": "{weekday}, {day} {month} {year}",
    "abbreviated": "{day}-{abbreviated}-{yy}",
    "slashes, day first": "{day}/{number}/{yy}",
    "slashes, month first": "{number}/{day}/{yy}",
    "slashes, year first": "{year}/{number}/{day}",
    "points": "{day}.{number}.{year}",
    "German": "{day}. {german} {year}",
    "Spanish": "{day} de {spanish} de {year}",
    "Chinese": "{year}年{number}月{day}日",
    "Chinese numerals": "{chinese_year}年{chinese_month}月{chinese_day}日",
}
AMBIGUOUS = ("slashes, day first", "slashes, month first")  # up to day 12

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
ENGLISH = (
    "January February March April May June July August September October November "
    "December"
).split()
GERMAN = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
).split()
SPANISH = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre"
).split()


def written(date: datetime.date) -> dict[str, str]:
    """Write a date in every format in which it is not ambiguous, by their names."""
    month = date.month - 1
    pieces = {
        "day": date.day,
        "nth": ordinal(date.day),
        "nth_in_words": ordinal_in_words(date.day),
        "weekday": WEEKDAYS[date.weekday()],
        "number": date.month,
        "month": ENGLISH[month],
        "abbreviated": ENGLISH[month][:3],
        "german": GERMAN[month],
        "spanish": SPANISH[month],
        "year": date.year,
        "yy": f"{date.year % 100:02}",
        "year_in_words": year_in_words(date.year),
        "chinese_day": chinese(date.day),
        "chinese_month": chinese(date.month),
        "chinese_year": chinese_digits(date.year),
    }
    return {
        name: form.format(**pieces)
        for name, form in FORMATS.items()
        if date.day > 12 or name not in AMBIGUOUS
    }


def format_of(source: str, target: str) -> str:
    """Name the format of a pair; "" if it is no pair of this dataset."""
    try:
        forms = written(datetime.date.fromisoformat(target))
    except ValueError:
        return ""
    return next((name for name, form in forms.items() if form == source), "")


def formats_of(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Name the format of each pair; none if one is not of this dataset."""
    found = []
    for source, target in pairs:
        found.append(format_of(source, target))
        if not found[-1]:
            return []
    return found


@functools.cache
def dates_of(split: str) -> tuple[datetime.date, ...]:
    """Give the dates of a part, in their order; no other part has one of them.

    Raises: UsageError for a split that does not exist.
    """
    drawing.check_split(split)
    days = (LAST - FIRST).days + 1
    drawn = np.random.Generator(np.random.PCG64(0)).random(days)
    bounds = {"test": (0, HELD_OUT), "valid": (HELD_OUT, 2 * HELD_OUT)}
    low, high = bounds.get(split, (2 * HELD_OUT, 1))
    chosen = np.flatnonzero((low <= drawn) & (drawn < high))
    return tuple(FIRST + datetime.timedelta(days=int(day)) for day in chosen)


def pairs(
    split: str = "train", count: str | int = "medium", seed: int = 0
) -> Iterator[tuple[str, str]]:
    """Draw dates of a part, and a format for each; give them with their ISO forms.

    The same arguments always give the same pairs, and fewer are the beginning of more.

    Raises: UsageError for a split, a size or a seed that does not exist.
    """
    dates, rng = dates_of(split), drawing.generator(split, seed)
    for _ in range(drawing.number(count, SIZES, "pairs")):
        date = dates[int(rng.random() * len(dates))]
        forms = list(written(date).values())
        yield forms[int(rng.random() * len(forms))], date.isoformat()


def text(split: str = "train", count: str | int = "medium", seed: int = 0) -> str:
    """The pairs of `pairs`, one a line, a tab between the two."""
    return drawing.two_columns(pairs(split, count, seed))
