"""What the cells of a lesson call: a number that is quoted, a command of the shell."""

import os
import shlex
import subprocess
import sys
from typing import Any

from keraslm.errors import KeraslmError, UsageError

WIDTH = "88"
# Jupyter shows nothing of such a type; MyST-NB's glue reads it.
HIDDEN = "application/papermill.record/"


def number(name: str, value: float, expected: float, within: float) -> float:
    """Check a number of a lesson, show it, and give it to the prose under its name.

    The prose quotes it as {glue:text}`name:.2f`; a lesson whose number has moved stops.

    Math:   |value - expected| <= within
    Raises: AssertionError if the value lies outside, or is no number;
            UsageError if `within` is negative.
    """
    if within < 0:
        raise UsageError(f"`within` must be 0 or more; received {within}")
    value = float(value)
    if not abs(value - expected) <= within:
        raise AssertionError(
            f"{name} is {value:.10g}, but the lesson says {expected:.10g}, "
            f"give or take {within:.10g}"
        )
    shown = int(value) if value.is_integer() else value
    _display({"text/plain": f"{name}: {shown:,.10g}"})
    _display({HIDDEN + "text/plain": repr(shown)}, name)
    return _Number(value)


def command(line: str, status: int = 0) -> str:
    """Run `keraslm LINE` in a process of its own; show and give what it prints.

    Its messages are shown, too, where it is to fail with another status than 0.

    Raises: KeraslmError with the command's own words if it ends with another status.
    """
    call = [sys.executable, "-m", "keraslm_cli", *shlex.split(line)]
    environment = {**os.environ, "COLUMNS": WIDTH}
    run = subprocess.run(
        call, capture_output=True, text=True, env=environment, check=False
    )
    if run.returncode != status:
        raise KeraslmError(f"keraslm {line} ended with {run.returncode}: {run.stderr}")
    printed = run.stdout + (run.stderr if status else "")
    _display({"text/plain": printed.rstrip("\n")})
    return _Printed(printed)


class _Shown:
    """A value that has been shown: Jupyter does not show it again as a cell's last."""

    def _ipython_display_(self) -> None:
        pass


class _Number(_Shown, float):
    pass


class _Printed(_Shown, str):
    pass


def _display(data: dict[str, str], name: str = "") -> None:
    """Show data below the cell, where there is one."""
    shell: Any = sys.modules.get("IPython.display")
    if shell is None:
        return
    glue = {"scrapbook": {"name": name, "mime_prefix": HIDDEN}} if name else {}
    shell.publish_display_data(data, glue)
