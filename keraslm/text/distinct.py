"""The different words of a text, found with integers instead of strings.

A word's bytes b_0 .. b_n become one number, the same for the same word:

    hash = sum_i mix[b_i] r^i  mod 2^64

A running sum over the whole text gives that of every word at once; the words are
sorted by their hashes, and only the first of each kind is cut out as a string.
References: Karp & Rabin (1987).
"""

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

WHITE = " \t\n\r\f\v"
BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse mod 2^64

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class DistinctWords:
    """The different words of a text, and which of them stands where.

    Shapes: hashes (words,), starts (words,), ends (words,) in bytes, index (tokens,)
    """

    data: bytes
    hashes: Hashes
    starts: Integers
    ends: Integers
    index: Integers

    def words(self, is_wanted: npt.NDArray[np.bool_]) -> list[str]:
        """Cut those of the different words that are wanted out of the text."""
        starts, ends = self.starts[is_wanted], self.ends[is_wanted]
        spans = map(slice, starts.tolist(), ends.tolist())
        return [self.data[span].decode("utf-8", "surrogatepass") for span in spans]


class MetWords:
    """The hashes of the words met so far, in order, and each word's number."""

    def __init__(self) -> None:
        self._hashes = np.zeros(0, np.uint64)
        self._numbers = np.zeros(0, np.int64)

    def numbers_of(self, found: DistinctWords, numbers: dict[str, int]) -> Integers:
        """Give the number of each different word; words not met yet are looked up.

        Shapes: -> (words,)
        """
        places = np.searchsorted(self._hashes, found.hashes)
        met = np.append(self._hashes, np.uint64(0))[places]
        is_new = (met != found.hashes) | (places == len(self._hashes))
        new = [numbers[word] for word in found.words(is_new)]
        where = places[is_new]
        self._hashes = np.insert(self._hashes, where, found.hashes[is_new])
        self._numbers = np.insert(self._numbers, where, new)
        places += np.cumsum(is_new) - is_new  # the new ones move those behind them
        return self._numbers[places]


def distinct_words(text: str) -> DistinctWords:
    """Find the different words between the white space of a text.

    Two words share a hash, and are taken for one, with a probability of 2^-64 a pair.
    """
    data = text.encode("utf-8", "surrogatepass")
    codes = np.frombuffer(data, np.uint8)
    edges = np.flatnonzero(np.diff(_is_white()[codes], prepend=True, append=True))
    starts, ends = edges[::2], edges[1::2]
    hashes = _hashes(codes, starts, ends)
    order = np.argsort(hashes)
    is_new = np.diff(hashes[order], prepend=~hashes[order[:1]]) != 0
    index = np.empty(len(order), np.int64)
    index[order] = np.cumsum(is_new) - 1
    first = order[is_new]
    return DistinctWords(data, hashes[first], starts[first], ends[first], index)


def _hashes(codes: npt.NDArray[np.uint8], starts: Integers, ends: Integers) -> Hashes:
    """Give the hash of each word from sums over all that stands before its end.

    Math:   (S(end) - S(start)) r^-start,  S(i) = sum_{j < i} mix[b_j] r^j
    Shapes: codes (bytes,), starts (tokens,), ends (tokens,) -> (tokens,)
    """
    powers, inverses = _powers((len(codes) + 1).bit_length())
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(_mix()[codes] * powers[: len(codes)], out=sums[1:])
    return (sums[ends] - sums[starts]) * inverses[starts]


@functools.cache
def _powers(bits: int) -> tuple[Hashes, Hashes]:
    """Give r^i and r^-i for i below 2^bits."""
    inverse = pow(BASE, -1, 1 << 64)
    return tuple(
        np.cumprod(np.append(np.uint64(1), np.full((1 << bits) - 1, base, np.uint64)))
        for base in (BASE, inverse)
    )  # type: ignore[return-value]


@functools.cache
def _mix() -> Hashes:
    """Give every byte a random odd number."""
    return np.random.default_rng(0).integers(0, 1 << 63, 256, np.uint64) * 2 + 1


@functools.cache
def _is_white() -> npt.NDArray[np.bool_]:
    return np.isin(np.arange(256), np.frombuffer(WHITE.encode(), np.uint8))
