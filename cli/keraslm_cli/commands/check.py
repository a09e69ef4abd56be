"""keraslm check: exercises of the course, checked."""

import dataclasses
import functools
import secrets
from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console, outputs
from keraslm_cli.comparison import bars_of

if TYPE_CHECKING:
    from keraslm.course.check import Outcome
    from keraslm.course.exercise import Lesson
    from keraslm.course.students import Row

TOKENS = 2_000  # of the text of village that a student has
BAR = 20  # columns of the longest bar
CSV = "results.csv"


def _lessons(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    from keraslm.course.contents import NAMES

    return [name for name in NAMES if name.startswith(begun)]


@click.command()
@click.argument("lesson", required=False, shell_complete=_lessons)
@click.argument("file", required=False, shell_complete=completion.files)
@click.option("--stub", is_flag=True, help="Print the file to start from.")
@click.option(
    "--hint",
    metavar="N",
    type=click.IntRange(1, 3),
    help="Show hint 1, 2 or 3 of what is not right: a property, a place, a question.",
)
@click.option(
    "--student", metavar="NAME", help="Draw sentences from the text of this student."
)
@click.option(
    "--class",
    "folder",
    metavar="FOLDER",
    shell_complete=completion.files,
    help="Check NAME.py, or all files in the folder NAME, of each student.",
)
@click.option(
    "--csv",
    metavar="FILE",
    help=f"Where --class writes its table.  [default: {CSV} in FOLDER]",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    help="Draw the same inputs again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    lesson: str | None,
    file: str | None,
    stub: bool,
    hint: int | None,
    student: str | None,
    folder: str | None,
    csv: str | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Check FILE, a student's answers to the exercises of LESSON.

    LESSON is a number from 1 to 12, or a name. Begin with

      keraslm check counting --stub > counting.py

    and write the functions in that file. They are called with new inputs each time, in
    a process of their own, which knows NumPy and not keraslm. What is wrong is shown
    with the smallest input of which it is. The status is 0 if all is right.
    """
    if folder is not None:
        if file or stub or student or hint:
            raise click.UsageError(
                "--class goes with LESSON, --csv, --seed and --json."
            )
        _check_class(folder, lesson, csv, _seed(seed), as_json)
        return
    if lesson is None:
        raise click.UsageError("Missing argument 'LESSON'.")
    from keraslm.course.contents import lesson as lesson_named

    found = lesson_named(lesson)
    if stub:
        if file:
            raise click.UsageError("--stub prints a file; write it by > FILE.")
        console.print_text(found.stub())
        return
    if file is None:
        raise click.UsageError(
            "Missing argument 'FILE'; --stub prints one to start from."
        )
    if not _check_file(found, file, student, _seed(seed), hint, as_json):
        click.get_current_context().exit(1)


def _seed(seed: int | None) -> int:
    return secrets.randbelow(2**32) if seed is None else seed


@functools.cache
def _sentences(text_seed: int) -> list[str]:
    from keraslm_datasets import village

    return list(village.lines("train", TOKENS, text_seed))


def _check_file(
    lesson: "Lesson",
    file: str,
    student: str | None,
    seed: int,
    hint: int | None,
    as_json: bool,
) -> bool:
    from keraslm.course.check import LARGEST, RIGHT, check
    from keraslm.course.students import text_seed
    from keraslm.files.writing import read_small

    source = read_small(file, LARGEST, "exercise")
    _warn()
    with console.working(f"checking {file}"):
        sentences = _sentences(text_seed(student) if student else seed)
        outcomes = check(lesson.exercises, source, seed, sentences)
    if as_json:
        told = {"lesson": lesson.name, "seed": seed, **_text_of(student)}
        console.print_json({**told, "exercises": [*map(dataclasses.asdict, outcomes)]})
    else:
        _print(lesson, outcomes, hint)
        _print_text_of(student)
        console.print_styled(f"--seed {seed} draws the same inputs again", "dim")
    return all(each.status == RIGHT for each in outcomes)


def _warn() -> None:
    from keraslm.course.sandbox import WITHOUT_WALLS
    from keraslm.course.walls import walls

    if not walls().stand:
        console.note(f"Warning: {WITHOUT_WALLS}")


def _text_of(student: str | None) -> dict[str, Any]:
    """Tell of the text of a student; its entropy is that of everybody's."""
    if student is None:
        return {}
    from keraslm.course.students import text_seed
    from keraslm_datasets import village

    return {
        "student": student,
        "text_seed": text_seed(student),
        "entropy_per_token": village.entropy_per_token(),
    }


def _print_text_of(student: str | None) -> None:
    told = _text_of(student)
    if told:
        nats = told["entropy_per_token"]
        console.say(
            f"sentences of {student}: village, seed {told['text_seed']}; "
            f"its entropy is {nats:.4f} nats a token, as of every seed"
        )


def _print(lesson: "Lesson", outcomes: "list[Outcome]", hint: int | None) -> None:
    from keraslm.course.check import RIGHT

    right = sum(each.status == RIGHT for each in outcomes)
    said = f"{right} of {len(lesson.exercises)} right"
    console.print_styled(f"Lesson {lesson.number}, {lesson.title}: {said}", "bold")
    for each in outcomes:
        console.print_blank()
        console.say(f"{each.exercise}: {_headline(each)}")
        for line in _explained(each):
            console.say(f"  {line}")
        exercise = lesson.exercises.get(each.exercise)
        if hint and exercise and each.status != RIGHT:
            console.say(f"  hint {hint}: {exercise.hints[hint - 1]}")
    console.print_blank()


def _headline(outcome: "Outcome") -> str:
    if outcome.status == "raised":
        return f"raises {outcome.broken}"
    if outcome.status == "missing":
        return "not written yet"
    if outcome.status == "stopped":
        return outcome.broken
    return outcome.status


def _explained(outcome: "Outcome") -> list[str]:
    lines = []
    if outcome.status == "wrong":
        lines += [f"does not hold: {outcome.broken}"]
    if outcome.call:
        lines += [f"smallest input: {outcome.call}"]
    if outcome.value:
        lines += [f"yours gives: {outcome.value}"]
    if outcome.mistake:
        lines += [f"yours behaves like a program that {outcome.mistake}"]
    return lines


def _check_class(
    folder: str, lesson: str | None, csv: str | None, seed: int, as_json: bool
) -> None:
    import pathlib

    from keraslm.course import students
    from keraslm.course.contents import lesson as lesson_named

    name = lesson_named(lesson).name if lesson else None
    handed = students.handed_in(folder)
    csv = csv or str(pathlib.Path(folder) / CSV)
    outputs.check_output(csv, inputs=[str(each.path) for each in handed])
    _warn()
    rows = []
    with console.progress_bar("checking", "files") as tell:
        for done, each in enumerate(handed):
            tell(done, len(handed))
            rows.append(students.check_handed(each, name, seed, _sentences))
    students.write_rows(rows, csv)
    if as_json:
        console.print_json({"seed": seed, "csv": csv, "rows": [*map(_row, rows)]})
    else:
        _print_class(rows)
        console.say(f"written to {csv}; --seed {seed} draws the same inputs again")


def _row(row: "Row") -> dict[str, Any]:
    outcomes = [*map(dataclasses.asdict, row.outcomes)]
    return {**row._asdict(), "right": row.right, "outcomes": outcomes}


def _print_class(rows: "list[Row]") -> None:
    from keraslm.course.students import mistakes

    lines = [
        (row.student, row.lesson or "none", f"{row.right} of {row.exercises}")
        for row in rows
    ]
    console.print_table(("student", "lesson", "right"), lines, right=(2,), texts=())
    found = mistakes(rows)
    if not found:
        return
    console.print_blank()
    bars = bars_of([float(number) for *_, number in found], BAR)
    told = [
        (exercise, f"{number}", bar, says)
        for (exercise, says, number), bar in zip(found, bars, strict=True)
    ]
    headings = ("exercise", "students", "", "mistake")
    console.print_table(headings, told, right=(1,), leave=("",))
