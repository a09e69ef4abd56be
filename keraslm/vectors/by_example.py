"""Word2vec by compiled loops: example by example, as it was published."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.errors import MissingExtra
from keraslm.vectors.negative_sampling import cumulated
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.windows import Kept, reaches

Table = npt.NDArray[np.float32]

LENGTH = 1 << 13  # centre words at once: Ctrl-C is heard between two calls


class ByExample:
    """Learn one example after another, in the loops of `compiled.py`.

    Raises: MissingExtra without numba.
    References: Mikolov et al. (2013).
    """

    length = LENGTH

    def __init__(
        self,
        counts: npt.NDArray[np.int64],
        options: VectorOptions,
        rng: np.random.Generator,
    ) -> None:
        self._loop = loop(options.method)
        from keraslm.vectors.compiled import Noise

        self._rng = rng
        below = cumulated(counts)
        parts = 1 << len(below).bit_length()
        guide = np.searchsorted(below, np.arange(parts) / parts * below[-1], "right")
        self.noise = Noise(below, guide, options.negatives)

    def learn(self, kept: Kept, rates: Table, table: Table, outputs: Table) -> None:
        """Move the vectors."""
        window = (len(kept.around) - len(rates)) // 2
        reach = reaches(len(rates), window, self._rng)
        around = kept.around.astype(np.int64)
        tables = (table, outputs, self.noise, self._rng)
        self._loop(around, kept.lines, reach, rates, *tables)


@functools.cache
def loop(method: str) -> Callable[..., None]:
    """Give the compiled loop of a method: in seconds, later in less, from a cache.

    Raises: MissingExtra without numba.
    """
    try:
        from numba import njit
    except ImportError as error:
        raise MissingExtra("Compiled training", "fast") from error
    from keraslm.vectors import compiled

    function = compiled.cbow if method == "cbow" else compiled.skip_gram
    try:
        return _ready(njit(fastmath=compiled.FASTMATH, cache=True)(function))
    except Exception:  # a cache that can't be written or read
        return _ready(njit(fastmath=compiled.FASTMATH)(function))


def _ready(loop: Any) -> Callable[..., None]:
    """Compile a loop by calling it with no word."""
    from keraslm.vectors.compiled import Noise

    none, rates = np.zeros(0, np.int64), np.zeros(0, np.float32)
    table, noise = np.zeros((1, 1), np.float32), Noise(np.ones(1), none, 1)
    loop(none, none, none, rates, table, table, noise, np.random.default_rng(0))
    return loop
