"""What the processes of a run must know alike at every step: the time, and signals.

Else each would have another learning rate, and another last step.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from keraslm.callbacks import StopAfter
from keraslm.callbacks.signals import HANG_UP, Signals
from keraslm.processes import Alone


class SharedSignals(Signals):
    """Signals that any process hears, and that all obey at the end of one step."""

    def __init__(self, group: Alone, interrupted: Any = None) -> None:
        super().__init__(interrupted)
        self._group = group
        self._own: int | None = None
        self._is_told = False

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Hear the signals in the block; one of the last step ends the block too."""
        with super().heard():
            yield
            self.obey(self._own)

    def _hear(self, number: int, frame: Any) -> None:
        if number == HANG_UP:  # a closed terminal sends it twice: that is no haste
            self._own = self._own or number
            return
        if self._own not in (None, HANG_UP):  # a second one does not wait
            super()._hear(self._own, frame)
            super()._hear(number, frame)
        self._own = number

    def report(self) -> None:
        """Tell the first process of a signal that this one has heard, once."""
        if self._own is not None and not self._is_told and not self._group.first:
            self._is_told = True
            self._group.tell_signal(self._own)

    @property
    def any_heard(self) -> int | None:
        """The signal that this process or another has heard."""
        return self._own if self._own is not None else self._group.signal

    def obey(self, number: int | None) -> None:
        """Hear what all processes hear at this step."""
        if number is not None and self._heard is None:
            self._heard = number


class SharedClock(StopAfter):
    """A `StopAfter` whose time is that of the first process, asked once a step."""

    part = "StopAfter"  # as one process calls it in a checkpoint

    def __init__(
        self,
        minutes: float | None,
        steps: int | None,
        group: Alone,
        signals: SharedSignals,
    ) -> None:
        super().__init__(minutes, steps)
        self._group, self._signals = group, signals
        self._at = 0.0

    @property
    def counted_seconds(self) -> float:
        """The seconds at the beginning of the step."""
        return self._at

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Ask the first process for the time, and whether a signal was heard."""
        self._signals.report()
        self._at, number = self._group.shared(
            lambda: (self.seconds, self._signals.any_heard)
        )
        self._signals.obey(number)

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        super().set_state(state)
        self._at = self._spent


def in_step(
    minutes: float | None,
    steps: int | None,
    group: Alone,
    interrupted: Callable[[], None] | None = None,
) -> tuple[StopAfter, Signals]:
    """Give the clock of a run and what hears its signals, alike in all processes."""
    if group.count == 1:
        return StopAfter(minutes, steps), Signals(interrupted)
    signals = SharedSignals(group, interrupted)
    return SharedClock(minutes, steps, group, signals), signals
