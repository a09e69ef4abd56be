"""Whether a stream is a terminal, how wide it is, and which signs it can draw."""

import contextlib
import os
import sys
from typing import TextIO

LINE_OF_A_FILE = 88  # columns, where there is no terminal
_PLAIN = str.maketrans("─…█░", "-~#:")


def in_terminal(stream: TextIO | None = None) -> bool:
    """Say whether a stream, by default standard output, is a terminal to draw in."""
    stream = sys.stdout if stream is None else stream
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def terminal_width(stream: TextIO | None = None) -> int:
    """Count the columns of a stream's terminal; a file has as many as a line should.

    The variable COLUMNS, where it is set, is believed.
    """
    stream = sys.stdout if stream is None else stream
    if not in_terminal(stream):
        return LINE_OF_A_FILE
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and int(given) > 0:
        return int(given)
    with contextlib.suppress(OSError, ValueError):  # a terminal of unknown size
        return os.get_terminal_size(stream.fileno()).columns or 80
    return 80


def drawable(line: str, stream: TextIO | None = None) -> str:
    """Draw with ASCII where the stream's encoding has no other signs."""
    encoding = (sys.stdout if stream is None else stream).encoding or "ascii"
    return line if "utf" in encoding.lower() else line.translate(_PLAIN)
