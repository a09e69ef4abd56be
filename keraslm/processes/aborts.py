"""What JAX says and does on its own, past Python: kept from the user's screen.

Where process 0 dies, a thread of JAX's in every other process writes a page to file
descriptor 2 and aborts. Here what is written past Python goes nowhere, and an abort
waits for the line that says which process is gone.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

WAIT = 20.0  # seconds in which the connections tell who is gone
LINE = "Error: JAX cannot go on: another process has gone, or the network failed\n"


@contextlib.contextmanager
def aborts_in_a_line() -> Iterator[None]:
    """Keep what JAX writes past Python from descriptors 1 and 2, and let it not abort.

    With KERASLM_DEBUG=1 in the environment all is as JAX does it.
    """
    is_debugging = os.environ.get("KERASLM_DEBUG", "0") != "0"
    on_main = threading.current_thread() is threading.main_thread()
    if is_debugging or not on_main or sys.platform == "win32":
        yield
        return
    with _quiet_descriptors(), _waiting_abort():
        yield


@contextlib.contextmanager
def _quiet_descriptors() -> Iterator[None]:
    """Let Python write where it did, and the descriptors 1 and 2 lead nowhere."""
    kept: tuple[Any, Any] = (sys.stdout, sys.stderr)
    try:
        for stream in kept:
            stream.flush()
        copies = [os.dup(1), os.dup(2)]
    except (OSError, ValueError, AttributeError):  # a program may have closed them
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    new = [_like(stream, copy) for stream, copy in zip(kept, copies, strict=True)]
    sys.stdout, sys.stderr = new
    try:
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
        yield
    finally:
        sys.stdout, sys.stderr = kept
        for descriptor, copy, stream in zip((1, 2), copies, new, strict=True):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
            os.dup2(copy, descriptor)
        os.close(nowhere)


def _like(stream: Any, descriptor: int) -> Any:
    """Open a descriptor as a stream is; one that writes elsewhere stays itself."""
    try:
        writes_there = hasattr(stream, "reconfigure") and stream.fileno() in (1, 2)
    except OSError:  # a stream in memory
        writes_there = False
    if not writes_there:
        return stream
    return open(
        descriptor,
        "w",
        buffering=1,
        encoding=stream.encoding,
        errors=stream.errors,
        closefd=False,
    )


@contextlib.contextmanager
def _waiting_abort() -> Iterator[None]:
    """Let a thread that aborts wait, until the others have told why."""
    library = ctypes.CDLL(None)
    handler_type = ctypes.CFUNCTYPE(None, ctypes.c_int)
    library.signal.restype = ctypes.c_void_p
    library.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]

    def wait(number: int) -> None:
        threading.Event().wait(WAIT)
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(LINE)
            sys.stderr.flush()
        os._exit(1)

    handler = handler_type(wait)
    before = library.signal(signal.SIGABRT, ctypes.cast(handler, ctypes.c_void_p))
    try:
        yield
    finally:
        library.signal(signal.SIGABRT, before)
