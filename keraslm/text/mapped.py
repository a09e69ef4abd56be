"""Ids that lie in a file are read stretch by stretch, and kept in memory no longer."""

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

STRETCH = 1 << 20  # ids that are looked at at once

Ids = npt.NDArray[np.unsignedinteger[Any]]


def stretches(ids: Ids) -> Iterator[Ids]:
    """Yield the ids in their order, each stretch to be used before the next."""
    for start in range(0, len(ids), STRETCH):
        yield ids[start : start + STRETCH]
        release(ids)


def release(ids: Ids) -> None:
    """Give back the memory of what was read of a mapped file; it can be read again."""
    mapped = getattr(ids, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
