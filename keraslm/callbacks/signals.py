"""Ctrl-C, SIGTERM and SIGHUP wait for the end of the step, where a run can be left."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

from keraslm.errors import Terminated

# SIGHUP, of a terminal that is closed, is unknown to Windows.
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))

HANG_UP = getattr(signal, "SIGHUP", None)


class Signals:
    """Hears these signals; a second one does not wait.

    Only the main thread of a program can hear them; one that is ignored stays so,
    as SIGHUP under nohup.
    """

    def __init__(self, interrupted: Callable[[], None] | None = None) -> None:
        self._heard: int | None = None
        self._interrupted = interrupted

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
        if self and not self.was_interrupted:
            self._end()

    @property
    def was_interrupted(self) -> bool:
        """Whether a Ctrl-C was heard."""
        return self._heard == signal.SIGINT

    def end(self, model: Any) -> None:
        """End the training of a model if a signal was heard; a Ctrl-C ends it well.

        Raises: Terminated
        """
        if self.was_interrupted and not model.stop_training:
            model.stop_training = True
            if self._interrupted is not None:
                self._interrupted()
        elif self and not self.was_interrupted:
            self._end()

    def _end(self) -> None:
        """End at once.

        Raises: KeyboardInterrupt, Terminated
        """
        if self._heard is None or self.was_interrupted:
            raise KeyboardInterrupt
        name = signal.Signals(self._heard).name
        raise Terminated(f"ended by {name}", self._heard)

    def _hear(self, number: int, frame: Any) -> None:
        is_second = self._heard not in (None, HANG_UP)
        if number == HANG_UP:  # a closed terminal sends it twice: that is no haste
            self._heard = self._heard or number
            return
        self._heard = number
        if is_second:
            self._end()
