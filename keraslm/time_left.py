"""How long the rest of a long step will take."""

import time

EARLY = 0.01  # a smaller share of the work does not tell how long the rest takes


class TimeLeft:
    """Tells from the share that is done how long the rest will take.

    Math:   seconds left = seconds spent * (1 - share) / (share - share at the start)
    """

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._first: float | None = None  # a resumed run does not start at 0

    def at(self, share: float) -> str:
        """Say how long the rest will take, or "" as long as nobody knows."""
        if self._first is None:
            self._first = share
        done = share - self._first
        if done < EARLY or share >= 1:
            return ""
        spent = time.monotonic() - self._start
        return f"{clock(spent * (1 - share) / done)} left"


def clock(seconds: float) -> str:
    """Write seconds as 0:07, 12:34 or 1:02:03."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
