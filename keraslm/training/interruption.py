"""Ctrl-C and SIGTERM wait for the end of the step, where a run can be left."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from keraslm.errors import Terminated

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Hears the two signals; a second one does not wait.

    Only the main thread of a program can hear them; one that is ignored stays so.
    """

    def __init__(self) -> None:
        self._heard: int | None = None

    def __bool__(self) -> bool:
        return self._heard is not None

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Hear the signals in the block; a SIGTERM that waits ends it.

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
        if self._heard == signal.SIGTERM:
            self.end()

    def end(self) -> None:
        """End the run if a signal was heard.

        Raises: KeyboardInterrupt, Terminated
        """
        if self._heard == signal.SIGINT:
            raise KeyboardInterrupt
        if self._heard == signal.SIGTERM:
            raise Terminated("ended by SIGTERM")

    def _hear(self, number: int, frame: Any) -> None:
        is_second = bool(self)
        self._heard = number
        if is_second:
            self.end()
