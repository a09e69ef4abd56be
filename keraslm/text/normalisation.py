"""NFC in a time that grows with the text alone, whatever marks stand in it.

`unicodedata.normalize` puts the combining marks after a letter into their order by
insertion, whose time is the square of their number: minutes for a file of marks alone.
A long run of them is put in order here first, which leaves nothing to insert.

References: Unicode Standard Annex 15, Unicode Normalization Forms.
"""

import functools
import re
import unicodedata

import numpy as np
import numpy.typing as npt

LONG = 64  # marks in a row
STEP = 16  # of which so many are looked at: a long run has four of these in a row
FIRST, LAST = 0x300, 0x1EFFF  # between these lie all marks that are put in order
# Unicode gives these the class of a letter, but takes them apart into two marks each;
# that there will be no more of them is promised.
PAIRS = "\u0f73\u0f75\u0f81"


def nfc(text: str) -> str:
    """Give the NFC of a text."""
    if text.isascii():
        return text
    if _may_have_long_run(text):
        text = _long_run().sub(_ordered, text)
    return unicodedata.normalize("NFC", text)


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """Give the numbers of a text's characters."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _may_have_long_run(text: str) -> bool:
    if len(text) < LONG:
        return False
    found = _is_mark()[code_points(text[::STEP])]
    in_a_row = LONG // STEP
    found = np.convolve(found, np.ones(in_a_row, np.uint8), "valid")
    return bool(np.any(found == in_a_row))


def _ordered(run: re.Match[str]) -> str:
    """Take marks apart and sort them by class; those of one class keep their order."""
    marks = run.group().translate(_apart())
    classes = np.fromiter(map(unicodedata.combining, marks), np.uint8, len(marks))
    order = np.argsort(classes, kind="stable")
    return code_points(marks)[order].tobytes().decode("utf-32-le")


@functools.cache
def _marks() -> str:
    every = map(chr, range(FIRST, LAST + 1))
    return "".join(c for c in every if unicodedata.combining(c) or c in PAIRS)


@functools.cache
def _is_mark() -> npt.NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    table[code_points(_marks())] = 1
    return table


@functools.cache
def _apart() -> dict[int, str]:
    return {ord(mark): unicodedata.normalize("NFD", mark) for mark in _marks()}


@functools.cache
def _long_run() -> re.Pattern[str]:
    return re.compile(f"[{_marks()}]{{{LONG},}}")
