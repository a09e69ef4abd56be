"""How long the rest of a long step will take."""

import math
import time

EARLY = 0.01  # a smaller share of the work does not tell how long the rest takes


class TimeLeft:
    """Tells from the share that is done how long the rest will take.

    Math:   seconds left = seconds spent * (1 - share) / (share - share at the start)
    The start is the first share that is told: what is compiled before it does not
    count, and a resumed run does not start at 0. A share below the last is the start of
    other work.
    """

    def __init__(self) -> None:
        self._start = (0.0, 0.0)
        self._last = math.inf

    def at(self, share: float) -> str:
        """Say how long the rest will take, or "" as long as nobody knows."""
        now = time.monotonic()
        if share < self._last:
            self._start = share, now
        self._last = share
        first, began = self._start
        done, spent = share - first, now - began
        if done < EARLY or share >= 1:
            return ""
        return f"{clock(spent * (1 - share) / done)} left"


def clock(seconds: float) -> str:
    """Write seconds as 0:07, 12:34 or 1:02:03."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
