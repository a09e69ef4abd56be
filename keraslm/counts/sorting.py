"""Counting and looking up integers by sorting them: no loop over tokens in Python."""

import numpy as np

NONE = -1
"""The index of what was not found."""


def sort_with_positions(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort keys and say where each of them stood.

    Key and position share one 64-bit integer, because sorting integers is several
    times faster than sorting their indices. Where the two do not fit, the lower and
    the upper half of the keys' range are sorted one after the other.

    Math:   keys[positions] = sorted keys
    Shapes: keys (n,) int64, 0 or more -> (n,), (n,)
    """
    if not len(keys):
        return keys, np.arange(0)
    least, bits = keys.min(), len(keys).bit_length()
    reach = int(keys.max() - least)
    if reach.bit_length() + bits > 63:
        return _sort_halves(keys, least + reach // 2)
    packed = ((keys - least) << bits) | np.arange(len(keys))
    packed.sort()
    return (packed >> bits) + least, packed & ((1 << bits) - 1)


def _sort_halves(keys: np.ndarray, middle: np.int64) -> tuple[np.ndarray, np.ndarray]:
    is_low = keys <= middle
    sorted_halves, positions = [], []
    for half in (np.flatnonzero(is_low), np.flatnonzero(~is_low)):
        in_order, within = sort_with_positions(keys[half])
        sorted_halves.append(in_order)
        positions.append(half[within])
    return np.concatenate(sorted_halves), np.concatenate(positions)


def count_distinct(
    keys: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Count how often each key occurs, and give a place where it does.

    Math:   distinct[index] = keys, keys[example] = distinct
    Shapes: keys (n,) -> distinct (m,) in order, counts (m,), index (n,), example (m,)
    """
    in_order, positions = sort_with_positions(keys)
    is_new = np.ones(len(keys), dtype=bool)
    is_new[1:] = in_order[1:] != in_order[:-1]
    starts = np.flatnonzero(is_new)
    index = np.empty(len(keys), dtype=np.int64)
    index[positions] = np.cumsum(is_new) - 1
    counts = np.diff(starts, append=len(keys))
    return in_order[starts], counts, index, positions[starts]


def find(distinct: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Find each key's index among sorted distinct ones, NONE where it is not there.

    The keys are sorted first: a search that walks forward stays in the cache.

    Shapes: distinct (m,), keys (n,) -> (n,)
    """
    index = np.full(len(keys), NONE, dtype=np.int64)
    if not len(distinct):
        return index
    in_order, positions = sort_with_positions(keys)
    nearest = np.searchsorted(distinct, in_order)
    nearest[nearest == len(distinct)] = 0
    index[positions] = np.where(distinct[nearest] == in_order, nearest, NONE)
    return index


def gather(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Give the values at the indices, and 0 where the index is NONE.

    Shapes: values (m,), index (n,) -> (n,)
    """
    if not len(values):
        return np.zeros(len(index), dtype=values.dtype)
    return np.where(index == NONE, values.dtype.type(0), values[index])
