"""The minutes of a ladder, shared out among the rungs that learn in them."""

import time

LEAST = 5.0  # seconds that a run is given at least, whatever is left


class Budget:
    """Gives each rung its share of what is left.

    Math:   share = (left - overhead x rungs) / rungs, for the rungs still to come;
            overhead: the mean of what rungs took beyond their share
    Units: seconds
    """

    def __init__(self, seconds: float, spent: float, rungs: int) -> None:
        self._start = time.perf_counter() - spent
        self._seconds = seconds
        self._rungs = rungs
        self._over: list[float] = []

    @property
    def spent(self) -> float:
        """Seconds since the ladder was begun, interruptions left out."""
        return time.perf_counter() - self._start

    def share(self) -> float:
        """Give the seconds of the next rung."""
        left = (self._seconds - self.spent) / max(self._rungs, 1)
        over = sum(self._over) / max(len(self._over), 1)
        return max(left - over, LEAST)

    def took(self, share: float, seconds: float) -> None:
        """Hear what a rung of this share took in all."""
        self._rungs -= 1
        self._over.append(max(seconds - share, 0.0))
