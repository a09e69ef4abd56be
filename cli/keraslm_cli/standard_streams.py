"""Standard input, output and errors, also where the shell has closed them.

`>&-` leaves a number free, which the next file that is opened would get, and what is
printed would go into that file. So what is closed leads nowhere, as /dev/null does.
"""

import io
import os
import sys


def open_what_is_closed() -> None:
    """Let closed streams lead nowhere; Python has None for them.

    Standard input stays None, so that who reads it can say that it is closed.
    """
    for number in range(3):
        if not _is_open(number):
            nowhere = os.open(os.devnull, os.O_RDWR)  # gets the lowest free number
            os.set_inheritable(nowhere, True)
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()


def write_any_text() -> None:
    """Make every Unicode text printable.

    A file or a pipe gets UTF-8, as the corpora are. A terminal keeps its encoding
    and shows "?" for what it cannot draw.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _nowhere() -> io.TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
