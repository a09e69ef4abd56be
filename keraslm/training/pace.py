"""How fast this machine multiplies matrices, measured once where a run needs it."""

import statistics
import time

import numpy as np

SHAPE = (32, 256, 1024)  # rows, units and gates of the default network
SECONDS = 0.2


def multiplications_a_second() -> float:
    """Measure NumPy's product of the matrices of one time step.

    Units: multiplications a second, by the median of as many products as 0.2 s hold
    """
    rows, units, gates = SHAPE
    h, U = np.ones((rows, units), np.float32), np.ones((units, gates), np.float32)
    taken: list[float] = []
    end = time.perf_counter() + SECONDS
    while not taken or time.perf_counter() < end:
        start = time.perf_counter()
        h @ U
        taken.append(time.perf_counter() - start)
    return rows * units * gates / statistics.median(taken)
