"""Checks a student's file: the answers stay here, the student's program only answers.

Inputs are drawn anew for each check, so that an answer that was copied is no answer
to them. Nothing that the program prints, patches or ends can make an answer right.
"""

import contextlib
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from keraslm.course import sandbox
from keraslm.course.child import decode, encode
from keraslm.course.comparison import equal
from keraslm.course.exercise import RAISED_ERROR, Case, Draw, Exercise

RIGHT, WRONG, RAISED, MISSING, STOPPED = "right wrong raised missing stopped".split()
LONGEST = 400  # characters of a value that is shown
LARGEST = 1 << 20  # bytes of a student's file
FILE = "the file"  # in place of an exercise
UNREADABLE = "its answer cannot be read"
DEFINITION = "the value is not the one that the docstring defines"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of an exercise, or of FILE, of which no function could be called.

    `status` is RIGHT, WRONG, RAISED, MISSING or STOPPED. `broken` says what does not
    hold, `call` is the smallest input of which it does not, `value` the student's.
    `mistake` is what a program does that gives the same answers, if one is known.
    """

    exercise: str
    status: str
    broken: str = ""
    call: str = ""
    value: str = ""
    mistake: str = ""


class Heard(NamedTuple):
    """What `child` told of the cases of one exercise, and why it told no more."""

    answers: list[dict[str, Any]]
    stopped: str = ""


def check(
    exercises: Mapping[str, Exercise],
    source: bytes,
    seed: int,
    sentences: Sequence[str],
) -> list[Outcome]:
    """Check the functions of a student's file; `exercises` are by the functions' names.

    The same seed and sentences give the same inputs.
    """
    if len(source) > LARGEST:
        return [Outcome(FILE, STOPPED, f"it is larger than {LARGEST >> 20} MiB")]
    cases = {
        name: list(each.cases(Draw(np.random.default_rng(seed), sentences)))
        for name, each in exercises.items()
    }
    heard = _ask(source, {name: encode(given) for name, given in cases.items()})
    if isinstance(heard, str):
        return [Outcome(FILE, STOPPED, heard)]
    return [_judge(each, cases[name], heard[name]) for name, each in exercises.items()]


def _ask(source: bytes, cases: Mapping[str, Any]) -> dict[str, Heard] | str:
    """Hear the answers by names; why, if the file cannot be imported.

    After a function that ends the program the others are asked in a new one.
    """
    heard: dict[str, Heard] = {}
    while left := [name for name in cases if name not in heard]:
        request = [[name, cases[name]] for name in left]
        with contextlib.closing(sandbox.told(source, request)) as lines:
            if reason := _import_failure(lines):
                return f"it cannot be imported: {reason}"
            for name in left:
                heard[name] = _hear(lines, name, len(cases[name]))
                if heard[name].stopped:
                    break
    return heard


def _import_failure(lines: Iterator[dict[str, Any]]) -> str:
    try:
        first = next(lines)
    except sandbox.Stopped as stopped:
        return str(stopped)
    return "" if "ready" in first else _short(str(first.get("failed")))


def _hear(lines: Iterator[dict[str, Any]], name: str, number: int) -> Heard:
    """Hear the answers to so many cases; what is no answer to the next one is noise."""
    answers: list[dict[str, Any]] = []
    try:
        while len(answers) < number:
            line = next(lines)
            if (line.get("of"), line.get("case")) == (name, len(answers)):
                answers.append(line)
    except sandbox.Stopped as stopped:
        return Heard(answers, str(stopped))
    return Heard(answers)


def _judge(exercise: Exercise, cases: list[Case], heard: Heard) -> Outcome:
    """Compare the answers with ours; tell of the smallest input that fails."""
    if any("missing" in line for line in heard.answers):
        return Outcome(exercise.name, MISSING)
    values = [_value(line) for line in heard.answers]
    wrong = [
        k
        for k, value in enumerate(values)
        if value is RAISED_ERROR or not equal(exercise.answer(*cases[k]), value)
    ]
    if not wrong and heard.stopped:
        call = _call(exercise, cases[len(values)])
        return Outcome(exercise.name, STOPPED, heard.stopped, call)
    if not wrong:
        return Outcome(exercise.name, RIGHT)
    k = min(wrong, key=lambda k: len(json.dumps(encode(cases[k]))))
    mistake = "" if heard.stopped else known_mistake(exercise, cases, values)
    call = _call(exercise, cases[k])
    if values[k] is RAISED_ERROR:
        said = _short(str(heard.answers[k].get("raised", UNREADABLE)))
        return Outcome(exercise.name, RAISED, said, call, "", mistake)
    broken = _broken(exercise, values[k], cases[k])
    return Outcome(exercise.name, WRONG, broken, call, _text(values[k]), mistake)


def _value(line: dict[str, Any]) -> Any:
    """Give the value that a line tells; RAISED_ERROR for an error, or for no value."""
    try:
        return decode(line["answer"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return RAISED_ERROR


def _broken(exercise: Exercise, value: Any, case: Case) -> str:
    """Name the first property that a wrong value does not have."""
    for says, holds in exercise.properties.items():
        try:
            if not holds(value, *case):
                return says
        except Exception:  # the value is of another type
            return says
    return DEFINITION


def known_mistake(exercise: Exercise, cases: list[Case], values: list[Any]) -> str:
    """Say what a program does whose answers are these; "" if no mistake is known."""
    for says in exercise.mistakes:
        mistaken = [exercise.mistaken(says, case) for case in cases]
        if all(map(equal, mistaken, values)):
            return says
    return ""


def _call(exercise: Exercise, case: Case) -> str:
    given = zip(exercise.arguments, case, strict=True)
    words = ", ".join(f"{name}={_text(value)}" for name, value in given)
    return f"{exercise.name}({words})"


def _text(value: Any) -> str:
    with np.printoptions(precision=6, threshold=40):
        return _short(" ".join(repr(value).split()))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
