"""How many threads compute a step: as many as were fastest when it was last tried.

Threads that share a product wait for the slowest of them. Where another program keeps
a core busy, each of thousands of small products then waits for the time slice of that
program, and one thread is many times faster than two.
"""

import functools
import time
from types import TracebackType
from typing import Any

TRIAL = 0.01  # seconds that each number of threads is tried for, longer than a slice
AGAIN = 2.0  # seconds of work until they are tried again
SLOWER = 0.5  # of the pace that was expected, at which they are tried at once
SHARED = 1 << 18  # multiplications, below which BLAS uses one thread by itself


class Threads:
    """Compute steps, `with threads:`, by as many threads as give the most steps.

    The numbers 1, 2, 4 .. that the machine has are tried one after the other, from the
    largest, at the beginning and then now and then. Without threadpoolctl (extra
    `fast`) nothing is tried, and all threads compute.

    Sums of several threads may differ from those of one in their last bits.
    """

    def __init__(self, multiplications: int) -> None:
        self._blas: Any = _blas() if multiplications >= SHARED else None
        self._all = 1 if self._blas is None else self._blas.num_threads
        self._numbers = [self._all, *_powers_of_two(self._all)]
        self._start_trial()

    def _start_trial(self) -> None:
        self._pace: dict[int, float] = {}  # steps a second, by number of threads
        self._choose()

    def _choose(self) -> None:
        """Take a number that was not tried yet, or else the fastest."""
        untried = [n for n in self._numbers if n not in self._pace]
        fastest = max(self._numbers, key=lambda n: self._pace.get(n, 0.0))
        self.number = untried[0] if untried else fastest
        self._work = 0.0
        self._start_stretch()

    def _start_stretch(self) -> None:
        self._steps, self._seconds = 0, 0.0

    def __enter__(self) -> None:
        """Let BLAS use the number of threads that is chosen now."""
        if self._all > 1:
            self._blas.set_num_threads(self.number)
            self._began = time.perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give BLAS its threads back, and note how long the step took."""
        if self._all > 1:
            seconds = time.perf_counter() - self._began
            self._blas.set_num_threads(self._all)
            self.note(seconds)

    def note(self, seconds: float) -> None:
        """Take down the time of a step, and choose anew where it is time to."""
        self._steps += 1
        self._seconds += seconds
        if self._seconds < TRIAL:
            return
        pace = self._steps / self._seconds
        self._work += self._seconds
        if self.number not in self._pace:
            self._pace[self.number] = pace
            self._choose()
        elif self._work >= AGAIN or pace < SLOWER * self._pace[self.number]:
            self._start_trial()
        else:
            self._start_stretch()


def _powers_of_two(above: int) -> list[int]:
    """Give the powers of two below a number, the largest first."""
    return [1 << k for k in reversed(range((above - 1).bit_length()))]


@functools.cache
def _blas() -> Any:
    """Give what sets the threads of NumPy's BLAS, None where nothing does."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    found = ThreadpoolController().select(user_api="blas").lib_controllers
    of_numpy = [library for library in found if "numpy" in library.filepath]
    return (of_numpy or found or [None])[0]
