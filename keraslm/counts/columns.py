"""Numbers of n-grams that are read where they lie: some places, a stretch, or all.

A column is asked as an array of NumPy is, by an integer, a slice, or an array of
places, and is an array where a whole one is needed (`np.asarray`).
"""

import abc
from collections.abc import Iterator
from typing import Any

import numpy as np

from keraslm.errors import ModelFileError

BLOCK = 1 << 18
"""Numbers that are read at once where all are: few enough for the cache."""


def in_blocks(numbers: Any) -> Iterator[np.ndarray]:
    """Yield all numbers of an array, a column or an array on the disk, in order."""
    for start in range(0, len(numbers), BLOCK):
        yield numbers[start : start + BLOCK]


class Column(abc.ABC):
    """What stands for an array of one axis.

    Shapes: column[i] (), column[i:j] (j - i,), column[places] (places,)
    """

    dtype: np.dtype[Any]

    @abc.abstractmethod
    def __len__(self) -> int:
        """How many numbers there are."""

    @abc.abstractmethod
    def take(self, places: Any) -> Any:
        """Give the numbers at some places, an integer or an array of integers."""

    def __getitem__(self, place: Any) -> Any:
        """Give one number, or the array of several."""
        if isinstance(place, slice):
            return self.take(np.arange(*place.indices(len(self))))
        if isinstance(place, np.ndarray):
            is_chosen = place.dtype == bool
            return self.take(np.flatnonzero(place) if is_chosen else place)
        return self.take(place if place >= 0 else len(self) + place)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Read all."""
        found = np.empty(len(self), dtype or self.dtype)
        for start in range(0, len(self), BLOCK):
            found[start : start + BLOCK] = self[start : start + BLOCK]
        return found


class Checked(Column):
    """The numbers of a file that was not read whole, looked at when they are read.

    Raises: ModelFileError if a number that is read is not in least .. largest, or none.
    """

    def __init__(self, numbers: Any, least: float, largest: float, where: str) -> None:
        """Take an array or a column; `where` it lies is what an error names."""
        self.numbers, self.dtype = numbers, numbers.dtype
        self.least, self.largest, self.where = least, largest, where

    def __len__(self) -> int:
        """How many numbers there are."""
        return len(self.numbers)

    def take(self, places: Any) -> Any:
        """Give the numbers at some places, checked."""
        return self[places]

    def __getitem__(self, place: Any) -> Any:
        """Give one number, or the array of several, checked."""
        found = self.numbers[place]
        least, largest = np.min(found, initial=self.least), np.max(found, initial=0)
        if not (least >= self.least and largest <= self.largest):  # NaN is neither
            raise ModelFileError(
                f"{self.where} is damaged: it has a number that is not "
                f"{self.least:g} .. {self.largest:g}; copy or train it again"
            )
        return found
