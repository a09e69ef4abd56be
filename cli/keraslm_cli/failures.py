"""What a failed command prints, and the status that it leaves to the shell."""

import os
import sys
import warnings
from collections.abc import Callable
from typing import TextIO

import click

from keraslm.errors import KeraslmError
from keraslm_cli import console
from keraslm_cli.flags import in_flags
from keraslm_cli.suggestions import about_option

INTERRUPTED = 130  # 128 + SIGINT, as shells count
EXPECTED = (KeraslmError, click.ClickException, click.Abort, OSError, MemoryError)


def exit_status(run: Callable[[], object]) -> int:
    """Run a command; an expected error becomes one line on standard error.

    With KERASLM_DEBUG=1 in the environment every error keeps its traceback.
    """
    try:
        status = run()
        sys.stdout.flush()
    except BrokenPipeError:  # `keraslm ... | head` has read enough
        _discard_output()
        return 1
    except EXPECTED as error:
        if is_debugging():
            raise
        return _report(error)
    return status if isinstance(status, int) else 0


def is_debugging() -> bool:
    """Say whether the user asks for tracebacks and TensorFlow's notes."""
    return os.environ.get("KERASLM_DEBUG", "0") != "0"


def warnings_as_notes() -> None:
    """Let a warning be one line on standard error, as an error is."""

    def show(message: Warning | str, *where: object) -> None:
        console.note(f"Warning: {_one_line(str(message))}")

    warnings.showwarning = show  # type: ignore[assignment]


def _report(error: BaseException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _tell(error.format_message())
        return error.exit_code
    if _is_interrupt(error):
        _tell("Interrupted.")
        return INTERRUPTED
    _tell(f"Error: {_one_line(_message(error))}")
    if isinstance(error, OSError) and error.filename is None:
        _discard_output()  # it may be standard output that is full
    return getattr(error, "exit_code", 1)


def _tell(line: str) -> None:
    try:
        console.note(line)
    except OSError:  # nobody is there to be told
        _discard(sys.stderr)


def _message(error: BaseException) -> str:
    if isinstance(error, click.UsageError) and error.ctx is not None:
        said = error.format_message()
        if isinstance(error, click.NoSuchOption):
            said = about_option(error)
        return f"{said} See {error.ctx.command_path} --help."
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, KeraslmError):
        return in_flags(str(error))
    if isinstance(error, MemoryError):
        return "the memory is used up; a smaller batch, model or vocabulary needs less"
    if isinstance(error, OSError) and error.strerror:
        place = f": {error.filename}" if error.filename is not None else ""
        return f"{error.strerror}{place}"
    return str(error) or type(error).__name__


def _is_interrupt(error: BaseException) -> bool:
    return isinstance(error.__cause__, KeyboardInterrupt)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _discard_output() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _discard(stream)


def _discard(stream: TextIO) -> None:
    """Send what is still buffered nowhere, so that closing it fails no more."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  (it is no path of ours)
        os.dup2(nowhere.fileno(), stream.fileno())
