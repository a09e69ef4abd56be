"""A number that moved stops a lesson; a command that failed does, too."""

import pathlib
import re

import pytest

from keraslm.errors import KeraslmError, UsageError
from keraslm.lesson import command, number

LESSONS = pathlib.Path(__file__).parent.parent / "docs/lessons"


def test_a_number_within_its_tolerance_is_given_back() -> None:
    assert number("sum", 0.1 + 0.2, 0.3, within=1e-9) == 0.1 + 0.2
    assert number("tokens", 5, 5, within=0) == 5


@pytest.mark.parametrize("value", [12.5, float("nan"), float("inf")])
def test_a_number_that_moved_stops_the_lesson(value: float) -> None:
    with pytest.raises(AssertionError, match=r"perplexity is .*12\.42.*0\.05"):
        number("perplexity", value, 12.42, within=0.05)


def test_a_tolerance_below_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="`within`"):
        number("sum", 1, 1, within=-1)


def test_a_command_gives_what_it_prints() -> None:
    assert "village" in command("datasets list")


def test_a_cell_that_ends_with_a_command_shows_its_output_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = command("datasets list")
    capsys.readouterr()
    printed._ipython_display_()  # what Jupyter calls for a cell's last line
    assert capsys.readouterr().out == ""


def test_a_command_that_fails_says_so_in_its_own_words() -> None:
    with pytest.raises(KeraslmError, match=r"ended with 2: .*nowhere"):
        command("evaluate nowhere village:test")


def test_a_failure_that_the_lesson_is_about_is_shown() -> None:
    assert "nowhere" in command("evaluate nowhere village:test", status=2)


def test_a_lesson_imports_keraslm_first_so_that_tensorflow_starts_silently() -> None:
    for lesson in LESSONS.glob("*.md"):
        imports = r"^(?:import|from) (keras|keraslm|tensorflow)\b"
        found = re.findall(imports, lesson.read_text("utf-8"), re.MULTILINE)
        assert found[0] == "keraslm", lesson.name
