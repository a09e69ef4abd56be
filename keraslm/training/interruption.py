"""Ctrl-C, SIGTERM and SIGHUP wait for the end of the step, where a run can be left."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from keraslm.errors import Terminated

# SIGHUP, of a terminal that is closed, is unknown to Windows.
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))

HANG_UP = getattr(signal, "SIGHUP", None)


class Interruption:
    """Hears these signals; a second one does not wait.

    Only the main thread of a program can hear them; one that is ignored stays so,
    as SIGHUP under nohup.
    """

    def __init__(self) -> None:
        self._heard: int | None = None

    def __bool__(self) -> bool:
        return self._heard is not None

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Hear the signals in the block; one that waits ends it, a Ctrl-C aside.

        Raises: KeyboardInterrupt, Terminated
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {n: h for n in SIGNALS if (h := signal.getsignal(n)) != signal.SIG_IGN}
        for number in before:
            signal.signal(number, self._hear)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if self._heard != signal.SIGINT:
            self.end()

    def end(self) -> None:
        """End the run if a signal was heard.

        Raises: KeyboardInterrupt, Terminated
        """
        if self._heard == signal.SIGINT:
            raise KeyboardInterrupt
        if self._heard is not None:
            name = signal.Signals(self._heard).name
            raise Terminated(f"ended by {name}", self._heard)

    def _hear(self, number: int, frame: Any) -> None:
        is_second = self._heard not in (None, HANG_UP)
        if number == HANG_UP:  # a closed terminal sends it twice: that is no haste
            self._heard = self._heard or number
            return
        self._heard = number
        if is_second:
            self.end()
