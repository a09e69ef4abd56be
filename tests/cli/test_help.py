"""The help answers at once, since no command is imported with what it needs to run."""

import json
import os
import subprocess
import sys

import pytest

from keraslm.version import __version__
from keraslm_cli.main import COMMANDS

BUDGET = 0.5  # seconds
SLOW = ["tensorflow", "keras", "torch", "jax", "pandas", "matplotlib"]
# The command line in a process of its own, which then tells what it imported.
TELLING = f"""
import atexit, json, sys
from keraslm_cli.main import main
slow = lambda: [name for name in {SLOW} if name in sys.modules]
atexit.register(lambda: print(json.dumps(slow()), file=sys.stderr))
main()
"""
PAGES = [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )


def keraslm(*arguments: str) -> str:
    return python("-m", "keraslm_cli", *arguments).stdout


def processor_seconds(page: list[str]) -> float:
    """Measure what the processor did, so that a busy machine changes nothing."""
    before = os.times()
    assert keraslm(*page)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])  # user and system, of the children


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_help_answers_in_half_a_second(page: list[str]) -> None:
    assert min(processor_seconds(page) for _ in range(3)) < BUDGET


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_help_imports_nothing_slow(page: list[str]) -> None:
    result = python("-c", TELLING, *page)
    assert json.loads(result.stderr) == []


def test_the_help_lists_every_command_with_a_line_of_its_own() -> None:
    listed = keraslm("--help").split("Commands:\n")[1].split("\n")
    lines = dict(line.split(maxsplit=1) for line in listed if line)
    assert tuple(lines) == COMMANDS
    assert all(not line.endswith("...") for line in lines.values())


def test_the_version_is_the_library_s() -> None:
    assert keraslm("--version") == f"keraslm, version {__version__}\n"
