"""How a process ends that has lost the others: with one line, and for certain.

JAX waits for processes that are gone, at the next sum over all of them and once more
when the program ends; and a part of it that can go on no more ends the process with
pages of its own. So a process that lost another has some seconds to come to an end by
itself, with its line told and its files closed; then it is ended.
"""

import atexit
import contextlib
import os
import sys
import threading
from collections.abc import Callable

GRACE = 10.0  # seconds


class Leaving:
    """The end of this process, once another is gone."""

    def __init__(self) -> None:
        self._is_said = False
        self._lock = threading.Lock()

    def at_exit(self, status: int) -> None:
        """Let the program end with a status, and without waiting for JAX."""
        atexit.register(_leave, status)

    def begin(self, line: Callable[[], str]) -> None:
        """End the process soon, with that line, if it does not end by itself."""
        self.at_exit(1)
        timer = threading.Timer(GRACE, self._end, (line,))
        timer.daemon = True
        timer.start()

    def said(self) -> None:
        """Note that whoever runs the process is told by an error."""
        with self._lock:
            self._is_said = True

    def _end(self, line: Callable[[], str]) -> None:
        try:
            with self._lock:
                if not self._is_said:
                    sys.stderr.write(f"Error: {line()}\n")
        finally:
            _leave(1)


def _leave(status: int) -> None:
    """End without waiting for JAX, which would ask the others first."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)
