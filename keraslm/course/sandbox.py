"""Runs a student's file in a process of its own, as far apart as the system allows.

The process has Python's isolated mode, an empty folder, no environment, its own session
and limits on time, memory, files and processes. Behind `walls` it has no network and
sees no other files, and nothing that it started outlives it.
"""

import contextlib
import json
import os
import pathlib
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from typing import Any

from keraslm.course import child
from keraslm.course.walls import environment, walls
from keraslm.errors import UsageError

PROGRAM = """
import os, runpy, sys
sys.path.append(os.path.abspath("packages"))
runpy.run_path("child.py", run_name="__main__")
"""
SECONDS = 10.0  # that a student's program may take
START = 60.0  # that Python and NumPy may take before, on a busy machine
MOST = 8 << 20  # bytes of answers
WITHOUT_WALLS = (
    "This system makes no namespaces (`unshare` of Linux), so a student's program runs "
    "within limits of time and memory alone: it can reach the network and your files, "
    "and what it starts in a session of its own may outlive it."
)
TOO_LONG = f"its answers are longer than {MOST >> 20} MiB"
ENDED = "the program ended before it answered"


class Stopped(Exception):
    """The program told no more; says why."""


def told(source: bytes, request: Any) -> Generator[dict[str, Any], None, None]:
    """Run a student's file and yield what `child` tells, line by line.

    Raises: Stopped at the end of what it tells: the caller may have heard enough.
        UsageError on a system without the processes of Unix.
    """
    if os.name != "posix":
        raise UsageError(
            "programs of students are checked on Linux and macOS; on Windows use WSL"
        )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = _start(folder, source, request)
        try:
            lines = _lines(process)
            next(lines, None)  # it has started
            yield from map(_parsed, lines)
            raise Stopped(ENDED)
        finally:
            _end(process)


def _start(folder: str, source: bytes, request: Any) -> "subprocess.Popen[bytes]":
    files = {
        "child.py": pathlib.Path(child.__file__).read_text("utf-8"),
        child.STUDENT: source.decode("utf-8", "surrogateescape"),
        child.REQUEST: json.dumps(request),
    }
    plan = json.dumps(walls().plan(files, ["-c", PROGRAM])).encode()
    process = subprocess.Popen(
        walls().start(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment(),
        start_new_session=True,
    )
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(plan)
            process.stdin.close()
    return process


def _lines(process: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    """Yield the lines of standard output until it ends, or a limit is reached.

    The first line comes before the student's code runs; from then on its time counts.
    """
    if process.stdout is None:
        return
    number, begun, length = process.stdout.fileno(), b"", 0
    seconds, deadline = START, time.monotonic() + START
    with selectors.DefaultSelector() as selector:
        selector.register(number, selectors.EVENT_READ)
        while True:
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise Stopped(f"it did not end within {seconds:g} seconds")
            some = os.read(number, 1 << 16)
            length += len(some)
            if length > MOST:
                raise Stopped(TOO_LONG)
            if not some:
                return
            *whole, begun = (begun + some).split(b"\n")
            if whole and seconds == START:
                seconds, deadline = SECONDS, time.monotonic() + SECONDS
            yield from whole


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill the session; behind walls, with its first process all others end."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
