"""A table of n-grams as a few arrays: an order's words, family sizes and numbers."""

import numpy as np

from keraslm.counts.additive import AdditiveTable
from keraslm.counts.table import BackoffTable, Table
from keraslm.counts.trie import Level, Trie, first_level
from keraslm.errors import ModelFileError

Arrays = dict[str, np.ndarray]


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
        smallest = [_smallest(counts) for counts in table.counts]
        return arrays | _numbered("counts", smallest)
    if not isinstance(table, BackoffTable):
        raise TypeError(f"a table of n-grams was expected; received {type(table)}")
    return arrays | _numbered("log-p", table.log_p) | _numbered("log-b", table.log_b)


def from_arrays(arrays: Arrays, order: int, size: int, delta: float | None) -> Table:
    """Build the table back: of counts if there is a `delta`, else of probabilities.

    Raises: ModelFileError if the arrays are not those of `order` orders of n-grams
        over a vocabulary of `size` words.
    """
    try:
        trie = _trie(arrays, order, size)
        if delta is not None:
            counts = [array.astype(np.int64) for array in _all(arrays, "counts", trie)]
            return AdditiveTable(trie, counts, delta)
        log_p, log_b = _all(arrays, "log-p", trie), _all(arrays, "log-b", trie, short=1)
        if not all(np.all(array <= ROOM) for array in log_p):
            raise ValueError("a probability is above 1, or is not a number")
        return BackoffTable(trie, log_p, log_b)
    except (KeyError, ValueError) as error:
        raise ModelFileError(
            f"the counts do not fit together: {error}; the file is damaged, train again"
        ) from error


ROOM = 1e-6  # for the rounding of a logarithm that is 0


def _trie(arrays: Arrays, order: int, size: int) -> Trie:
    levels = [first_level(size)]
    for n in range(2, order + 1):
        children = arrays[f"children-{n}"].astype(np.int64)
        words = arrays[f"words-{n}"]
        if children.max(initial=0) > size or children.sum() != len(words):
            raise ValueError(f"order {n} has {len(words)} n-grams")
        if len(children) != len(levels[-1]):
            raise ValueError(f"order {n} has {len(children)} histories")
        keys = np.repeat(np.arange(len(children)), children) * size + words
        levels.append(Level(keys, len(children), size))
    if not all(np.all(np.diff(level.keys) > 0) for level in levels):
        raise ValueError("n-grams are not in order")
    return Trie(levels)


def _all(arrays: Arrays, name: str, trie: Trie, short: int = 0) -> list[np.ndarray]:
    levels = trie.levels[: trie.order - short]
    found = [arrays[f"{name}-{n}"] for n, _ in enumerate(levels, start=1)]
    for level, array in zip(levels, found, strict=True):
        if len(array) != len(level):
            raise ValueError(f"{len(array)} numbers for {len(level)} n-grams")
    return found


def _numbered(name: str, arrays: list[np.ndarray]) -> Arrays:
    return {f"{name}-{n}": array for n, array in enumerate(arrays, start=1)}


def _smallest(values: np.ndarray) -> np.ndarray:
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
