"""A folder in which the commands and the Python of the documentation are run."""

import json
import os
import pathlib
import signal
import subprocess
import sys
from typing import Any, NamedTuple

ROOT = pathlib.Path(__file__).parent.parent
PROGRAMS = {"keraslm": "-m keraslm_cli", "python": ""}
# Runs blocks of Python one after another, with the names of those before, and prints
# the value of each line that is an expression, as Python's prompt does.
READER = """
import ast, contextlib, io, json, sys, traceback
names = {"__name__": "__main__"}
for line in sys.stdin:
    shown, fault = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(shown):
            for node in ast.parse(json.loads(line)).body:
                exec(compile(ast.Interactive([node]), "<page>", "single"), names)
    except BaseException:
        fault = traceback.format_exc(limit=-1)
    print(chr(0) + json.dumps([fault, shown.getvalue()]), flush=True)
"""


class Ran(NamedTuple):
    """What a line of the shell, or a block of Python, left."""

    line: str
    status: int
    out: str
    errors: str


def _hear_ctrl_c() -> None:
    """Undo what a background shell did: its programs ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Folder:
    """A folder with `keraslm` and `python` on the path, in which lines are run."""

    def __init__(self, place: pathlib.Path) -> None:
        self.place = place
        programs = place / ".programs"
        programs.mkdir(parents=True)
        for name, module in PROGRAMS.items():
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable} {module} "$@"\n')
            program.chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}:{ROOT}/cli:{ROOT}/datasets",
            "KERASLM_HOME": str(place / ".keraslm"),
            "MPLBACKEND": "agg",
            "COLUMNS": "200",
        }

    def run(self, line: str, limit: float = 1200) -> Ran:
        """Run a line of the shell, for so many seconds at most."""
        shell = ["bash", "-c", "set -eo pipefail; " + line]
        try:
            done = subprocess.run(
                shell,
                cwd=self.place,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                timeout=limit,
                check=False,
                preexec_fn=_hear_ctrl_c,
            )
        except subprocess.TimeoutExpired:
            return Ran(line, 124, "", f"it did not end within {limit} seconds")
        return Ran(line, done.returncode, done.stdout, done.stderr)


class Notebook:
    """A Python in a folder that is given one block after another."""

    def __init__(self, folder: Folder) -> None:
        self._started: Any = None
        self._folder = folder

    def run(self, block: str) -> Ran:
        """Run a block; its status is 1 if it raised an error."""
        if self._started is None:
            self._started = subprocess.Popen(
                [sys.executable, "-c", READER],
                cwd=self._folder.place,
                env=self._folder.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
        self._started.stdin.write(json.dumps(block) + "\n")
        self._started.stdin.flush()
        for line in self._started.stdout:
            _, mark, answer = line.rpartition("\0")
            if mark:
                fault, printed = json.loads(answer)
                return Ran(block, int(bool(fault)), printed, fault)
        return Ran(block, 1, "", "Python ended")

    def close(self) -> None:
        """End the Python."""
        if self._started is not None:
            self._started.stdin.close()
            self._started.stdout.close()
            self._started.wait()
