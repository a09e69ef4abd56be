"""How long a piece of work takes."""

import statistics
import time
from collections.abc import Callable

ROUNDS = 5


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the median time of a call, in which a slow first one does not show."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
