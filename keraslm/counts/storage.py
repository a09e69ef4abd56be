"""A table of n-grams as a few arrays: an order's words, family sizes and numbers."""

from collections.abc import Iterable

import numpy as np

from keraslm.counts.additive import AdditiveTable
from keraslm.counts.table import BackoffTable, Table
from keraslm.counts.trie import Level, Trie, first_level
from keraslm.errors import ModelFileError

Arrays = dict[str, np.ndarray]
ROUNDING = 1e-6  # of a logarithm that is 0
SLACK = 1e-3  # of a sum of many probabilities that is 1
LARGEST_LOGARITHM = 700.0  # of a back-off weight: its exponential is still a number
LARGEST_COUNT = 1 << 62


def to_arrays(table: Table) -> Arrays:
    """Give the arrays that are stored, integers of the smallest type that holds them.

    A key is not stored: it is its history, told by how many children each history
    has, and its word.
    """
    arrays: Arrays = {}
    for n, level in enumerate(table.trie.levels[1:], start=2):
        arrays[f"words-{n}"] = _smallest(level.words)
        arrays[f"children-{n}"] = _smallest(np.diff(level.starts))
    if isinstance(table, AdditiveTable):
        return arrays | _numbered("counts", map(_smallest, table.counts))
    if not isinstance(table, BackoffTable):
        raise TypeError(f"a table of n-grams was expected; received {type(table)}")
    if table.counts is not None:
        arrays |= _numbered("counts", map(_smallest, table.counts))
    return arrays | _numbered("log-p", table.log_p) | _numbered("log-b", table.log_b)


def from_arrays(arrays: Arrays, order: int, size: int, delta: float | None) -> Table:
    """Build the table back: of counts if there is a `delta`, else of probabilities.

    Raises: ModelFileError if the arrays are not those of `order` orders of n-grams
        over a vocabulary of `size` words.
    """
    try:
        trie = _trie(arrays, order, size)
        if delta is not None:
            return AdditiveTable(trie, _counts(arrays, trie), delta)
        counts = _counts(arrays, trie) if "counts-1" in arrays else None
        return BackoffTable(trie, *_logarithms(arrays, trie), counts)
    except ValueError as error:
        raise ModelFileError(
            f"the counts do not fit together: {error}; the file is damaged, train again"
        ) from error


def _trie(arrays: Arrays, order: int, size: int) -> Trie:
    levels = [first_level(size)]
    for n in range(2, order + 1):
        children = _whole(arrays, f"children-{n}", len(levels[-1]), size)
        words = _whole(arrays, f"words-{n}", int(children.sum()), size - 1)
        keys = np.repeat(np.arange(len(children)), children) * size + words
        if not np.all(np.diff(keys) > 0):
            raise ValueError(f"the n-grams of order {n} are not in order")
        levels.append(Level(keys, len(children), size))
    return Trie(levels)


def _counts(arrays: Arrays, trie: Trie) -> list[np.ndarray]:
    """Give the counts of all n-grams; what they add up to is a whole number too."""
    found = [
        _whole(arrays, f"counts-{n}", len(level), LARGEST_COUNT)
        for n, level in enumerate(trie.levels, start=1)
    ]
    if any(counts.sum(dtype=np.float64) > LARGEST_COUNT for counts in found):
        raise ValueError("they add up to more than a whole number of 64 bits")
    return found


def _logarithms(
    arrays: Arrays, trie: Trie
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Give log p and log b of all n-grams; no history shares out more than 1."""
    log_p = [
        _numbers(arrays, f"log-p-{n}", len(level), ROUNDING)
        for n, level in enumerate(trie.levels, start=1)
    ]
    log_b = [
        _numbers(arrays, f"log-b-{n}", len(level), LARGEST_LOGARITHM)
        for n, level in enumerate(trie.levels[:-1], start=1)
    ]
    for n, (level, logarithms) in enumerate(zip(trie.levels, log_p, strict=True), 1):
        totals = level.sum_over_words(np.exp(logarithms))
        if totals.max(initial=0) > 1 + SLACK or (n == 1 and totals[0] < 1 - SLACK):
            raise ValueError(f"the probabilities of order {n} do not sum to one")
    return log_p, log_b


def _named(arrays: Arrays, name: str, length: int, kinds: str) -> np.ndarray:
    """Give an array of so many numbers of a kind."""
    if name not in arrays:
        raise ValueError(f"{name} is missing")
    if arrays[name].shape != (length,) or arrays[name].dtype.kind not in kinds:
        found = f"{arrays[name].shape} of {arrays[name].dtype}"
        raise ValueError(f"{name} has {found}, not the {length} numbers it must have")
    return arrays[name]


def _whole(arrays: Arrays, name: str, length: int, largest: int) -> np.ndarray:
    array = _named(arrays, name, length, "iu")
    if length and not (int(array.min()) >= 0 and int(array.max()) <= largest):
        raise ValueError(f"{name} has a number that is not 0 .. {largest}")
    return array.astype(np.int64)


def _numbers(arrays: Arrays, name: str, length: int, largest: float) -> np.ndarray:
    array = _named(arrays, name, length, "f")
    if not np.all(array <= largest):
        raise ValueError(f"{name} has a logarithm that is too large, or no number")
    return array


def _numbered(name: str, arrays: Iterable[np.ndarray]) -> Arrays:
    return {f"{name}-{n}": array for n, array in enumerate(arrays, start=1)}


def _smallest(values: np.ndarray) -> np.ndarray:
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
