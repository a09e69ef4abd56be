"""A table of n-grams from the arrays of a file, in memory or where they lie.

To open a file that is not read whole costs a few look-ups an order: sizes are compared,
and what is read later is checked then.
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from keraslm.counts.additive import AdditiveTable
from keraslm.counts.columns import Checked
from keraslm.counts.packed import WORD, Packed, bits_for, packed_length
from keraslm.counts.quantize import Codebook, Coded, Quantized, check_bits
from keraslm.counts.stored_level import StoredLevel
from keraslm.counts.table import BackoffTable, Table
from keraslm.counts.trie import Level, Trie, first_level
from keraslm.errors import UsageError

Arrays = Mapping[str, np.ndarray]
ROUNDING = 1e-6  # of a logarithm that is 0
LARGEST_LOGARITHM = 100.0  # of a back-off weight: a product of seven is still a number
LARGEST_COUNT = 1 << 62
MOST_NGRAMS = 1 << 48


@dataclasses.dataclass(frozen=True)
class Shape:
    """What a file says of its table."""

    order: int
    vocabulary_size: int
    delta: float | None
    """Of additive smoothing, which keeps counts."""
    ngrams: list[int]
    """How many n-grams each order has."""
    quantized: dict[str, Any] | None = None


def from_arrays(arrays: Arrays, shape: Shape, where: str, mapped: bool) -> Table:
    """Build the table: of counts if there is a delta, else of probabilities.

    Of arrays that are `mapped` only sizes are compared; what is read later is checked
    as it is read, and an error names the file `where` it lies.

    Raises: ValueError if the arrays are not those of such a table.
    """
    return _Opening(arrays, shape, where, mapped).table()


class _Opening:
    """The arrays and the sizes that they must have."""

    def __init__(self, arrays: Arrays, shape: Shape, where: str, mapped: bool) -> None:
        self.arrays, self.shape, self.where = arrays, shape, where
        self.mapped = mapped

    def table(self) -> Table:
        shape = self.shape
        trie = Trie(self._levels())
        if shape.delta is not None:
            return AdditiveTable(trie, self._counts(), shape.delta, self._totals(trie))
        log_p, log_b = self._logarithms()
        if shape.quantized is not None:
            bits, rounding = _quantized(shape.quantized)
            return Quantized(trie, log_p, log_b, bits=bits, rounding=rounding)
        counts = self._counts() if "counts-1" in self.arrays else None
        return BackoffTable(trie, log_p, log_b, counts)

    def _levels(self) -> list[Level]:
        size = self.shape.vocabulary_size
        levels = [first_level(size)]
        for n, ngrams in enumerate(self.shape.ngrams[1:], start=2):
            starts = self._indices(f"starts-{n}", len(levels[-1]) + 1, ngrams)
            words = self._indices(f"words-{n}", ngrams, size - 1)
            if int(starts[0]) != 0 or int(starts[-1]) != ngrams:
                raise ValueError(f"starts-{n} does not go from 0 to {ngrams}")
            levels.append(StoredLevel(words, starts, size, self.where))
        return levels

    def _counts(self) -> list[Any]:
        return [
            self._whole(f"counts-{n}", ngrams, LARGEST_COUNT)
            for n, ngrams in enumerate(self.shape.ngrams, start=1)
        ]

    def _totals(self, trie: Trie) -> list[Any]:
        """Give the sums of the counts; an older file has none, and was read whole."""
        if "totals-1" not in self.arrays and not self.mapped:
            return []
        return [
            self._whole(f"totals-{n}", level.histories, LARGEST_COUNT)
            for n, level in enumerate(trie.levels, start=1)
        ]

    def _logarithms(self) -> tuple[list[Any], list[Any]]:
        sizes = list(enumerate(self.shape.ngrams, start=1))
        log_p = [self._numbers(f"log-p-{n}", size, ROUNDING) for n, size in sizes]
        log_b = [
            self._numbers(f"log-b-{n}", size, LARGEST_LOGARITHM)
            for n, size in sizes[:-1]
        ]
        return log_p, log_b

    def _indices(self, name: str, length: int, largest: int) -> Any:
        if self.shape.quantized is None:
            return self._whole(name, length, largest)
        return self._packed(name, length, largest)

    def _numbers(self, name: str, length: int, largest: float) -> Any:
        if f"centres-{name}" not in self.arrays:
            column = self._named(name, length, "f")
            return self._checked(column, name, -math.inf, largest)
        centres = self.arrays[f"centres-{name}"]
        if centres.ndim != 1 or centres.dtype.kind != "f" or len(centres) > 1 << 16:
            raise ValueError(f"centres-{name} are not the centres of codes")
        centres = np.array(centres)
        in_order = bool(np.all(np.diff(centres) > 0))
        if length and not (in_order and len(centres) and centres[-1] <= largest):
            raise ValueError(f"centres-{name} are no logarithms in order")
        codes = self._packed(f"codes-{name}", length, max(len(centres) - 1, 0))
        return Coded(Codebook(centres), codes)

    def _packed(self, name: str, length: int, largest: int) -> Any:
        bits = bits_for(largest)
        words = self._named(name, packed_length(length, bits), "u")
        if words.dtype != WORD:
            raise ValueError(f"{name} is not packed in words of 64 bits")
        return self._checked(Packed(words, bits, length), name, 0, largest)

    def _whole(self, name: str, length: int, largest: int) -> Any:
        return self._checked(self._named(name, length, "iu"), name, 0, largest)

    def _checked(self, column: Any, name: str, least: float, largest: float) -> Any:
        where = f"{self.where}, {name},"
        return Checked(column, least, largest, where) if self.mapped else column

    def _named(self, name: str, length: int, kinds: str) -> np.ndarray:
        """Give an array of so many numbers of a kind."""
        if name not in self.arrays:
            raise ValueError(f"{name} is missing")
        array = self.arrays[name]
        if array.shape != (length,) or array.dtype.kind not in kinds:
            found = f"{array.shape} of {array.dtype}"
            raise ValueError(
                f"{name} has {found}, not the {length} numbers it must have"
            )
        return array


def _quantized(described: dict[str, Any]) -> tuple[int, float]:
    """Give the bits and the rounding, checked."""
    try:
        bits, rounding = described["bits"], float(described["rounding"])
        check_bits(bits)
    except (KeyError, TypeError, UsageError) as error:
        raise ValueError(f"how it is quantised is not said ({error})") from error
    if not 0 <= rounding < math.inf:
        raise ValueError(f"a rounding of {rounding} nats")
    return bits, rounding


def sizes(ngrams: Any, order: int, vocabulary_size: int) -> list[int]:
    """Check what a description says of the n-grams of each order, and give it.

    Raises: ValueError
    """
    known = isinstance(ngrams, list) and len(ngrams) == order
    if not known or not all(type(n) is int and 0 <= n <= MOST_NGRAMS for n in ngrams):
        raise ValueError(
            f"ngrams must be {order} whole numbers; received {ngrams!r:.60}"
        )
    if ngrams[0] != vocabulary_size:
        raise ValueError(f"ngrams are of {ngrams[0]} words, not {vocabulary_size}")
    return ngrams
