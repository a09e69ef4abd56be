"""Every exercise: right answers pass, mutants fail, known mistakes are named."""

import pathlib

import numpy as np
import pytest

from keraslm.course.check import MISSING, RIGHT, WRONG, check, known_mistake
from keraslm.course.contents import NAMES, lesson
from keraslm.course.exercise import Draw
from tests.course.files import SENTENCES, variants

EXERCISES = [
    pytest.param(each, id=each.name)
    for name in NAMES
    for each in lesson(name).exercises.values()
]


def cases(exercise, seed=0):
    return list(exercise.cases(Draw(np.random.default_rng(seed), SENTENCES)))


@pytest.mark.parametrize(
    "name",
    [
        name if name == "counting" else pytest.param(name, marks=pytest.mark.long)
        for name in NAMES
    ],
)
def test_right_answers_pass_and_mutants_fail(name):
    source, expected = variants(name)
    functions = {function: exercise for function, (exercise, _) in expected.items()}
    outcomes = check(functions, source.encode(), 0, SENTENCES)
    for (function, (exercise, does)), outcome in zip(
        expected.items(), outcomes, strict=True
    ):
        if not does:
            assert outcome.status == RIGHT, (function, outcome)
            continue
        assert outcome.status != RIGHT, (function, does)
        assert outcome.broken
        assert outcome.call.startswith(f"{exercise.name}(")
        assert bool(outcome.value) == (outcome.status == WRONG)
        if does in exercise.mistakes:
            assert outcome.mistake == does, (function, outcome)


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_has_two_right_answers_and_four_mutants(name):
    _, expected = variants(name)
    assert 3 <= len(lesson(name).exercises) <= 6
    for each in lesson(name).exercises.values():
        mine = [does for exercise, does in expected.values() if exercise is each]
        assert mine.count("") == 2
        assert len(mine) >= 6


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_known_mistake_is_wrong_and_no_other(exercise):
    given = cases(exercise)
    for says in exercise.mistakes:
        values = [exercise.mistaken(says, case) for case in given]
        assert known_mistake(exercise, given, values) == says
    assert known_mistake(exercise, given, [exercise.answer(*c) for c in given]) == ""


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_right_value_has_every_property(exercise):
    for case in cases(exercise, seed=3):
        value = exercise.answer(*case)
        for says, holds in exercise.properties.items():
            assert holds(value, *case), says


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_says_what_to_do_and_hints_three_times(exercise):
    assert len(exercise.answer.__doc__) > 60
    assert len(set(exercise.hints)) == 3
    assert exercise.hints[2].endswith("?")
    assert exercise.mistakes


@pytest.mark.parametrize("name", NAMES)
def test_a_stub_is_a_program_in_which_nothing_is_written(name):
    functions = lesson(name).exercises
    names = {}
    exec(compile(lesson(name).stub(), "stub", "exec"), names)
    for function, exercise in functions.items():
        assert names[function].__doc__ == exercise.answer.__doc__
        with pytest.raises(NotImplementedError):
            names[function](*cases(exercise)[0])


def test_the_stub_as_it_is(tmp_path):
    functions = lesson("counting").exercises
    outcomes = check(functions, lesson("counting").stub().encode(), 0, SENTENCES)
    assert {outcome.status for outcome in outcomes} == {MISSING}


def test_the_page_of_the_docs_names_every_exercise():
    page = (pathlib.Path(__file__).parents[2] / "docs/exercises.md").read_text("utf-8")
    for name in NAMES:
        found = lesson(name)
        exercises = ", ".join(f"`{each}`" for each in found.exercises)
        assert f"| {found.number} | `{found.name}` | {exercises} |" in page
    assert f"{len(EXERCISES)} exercises" in page
