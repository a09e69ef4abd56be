"""Whole numbers of a few bits each, packed without a gap, and read one by one.

Math:   number i has the bits i b .. (i + 1) b - 1 of the stream of bits that 64-bit
        words, lowest bit first, are
References: Heafield (2011), KenLM, section 3.2: the trie's bit-packed arrays.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from keraslm.counts.columns import Column
from keraslm.files.members import Blocks

WORD = np.dtype("<u8")
MOST_BITS = 57

_BITS = 64  # of a word, 2^6
_BLOCK = _BITS << 14  # numbers packed at once; they fill whole words


def bits_for(largest: int) -> int:
    """Give how many bits a number up to `largest` takes."""
    return max(1, largest.bit_length())


def packed_length(numbers: int, bits: int) -> int:
    """Give how many words hold so many numbers; one more, for the last is read with it.

    Math:   ceil(numbers b / 64) + 1
    """
    return -(-numbers * bits // _BITS) + 1


class Packed(Column):
    """Numbers of `bits` bits each.

    Shapes: words (packed_length(length, bits),) uint64, which may be a memory map
    """

    dtype = np.dtype(np.int64)

    def __init__(self, words: np.ndarray, bits: int, length: int) -> None:
        """Take the words as they are."""
        self.words, self.bits, self.length = words, bits, length
        self._mask = (1 << bits) - 1

    def __len__(self) -> int:
        """How many numbers there are."""
        return self.length

    def take(self, places: Any) -> Any:
        """Unpack the numbers at some places."""
        if not isinstance(places, np.ndarray):
            return self._one(int(places))
        first = places.astype(np.int64) * self.bits
        word, shift = first >> 6, (first & 63).view(np.uint64)
        low = self.words[word] >> shift
        high = self.words[word + 1] << np.uint64(1) << (np.uint64(63) - shift)
        return ((low | high) & np.uint64(self._mask)).view(np.int64)

    def _one(self, place: int) -> int:
        word, shift = divmod(place * self.bits, _BITS)
        both = int(self.words[word]) | int(self.words[word + 1]) << _BITS
        return both >> shift & self._mask


def pack(blocks: Iterable[np.ndarray], bits: int, length: int) -> Blocks:
    """Pack numbers that come in blocks of any size.

    Shapes: blocks (n,) of 0 .. 2^bits - 1, `length` in all
    """
    packed = _packed(_even(blocks), bits, length)
    return Blocks(WORD, packed_length(length, bits), packed)


def _even(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Cut numbers anew into stretches of _BLOCK; the last may be shorter."""
    kept: list[np.ndarray] = []
    waiting = 0
    for block in blocks:
        for start in range(0, len(block), _BLOCK):
            kept.append(block[start : start + _BLOCK].astype(np.uint64))
            waiting += len(kept[-1])
            if waiting >= _BLOCK:
                joined = np.concatenate(kept)
                yield joined[:_BLOCK]
                kept, waiting = [joined[_BLOCK:]], waiting - _BLOCK
    yield np.concatenate([*kept, np.zeros(0, np.uint64)])


def _packed(
    stretches: Iterable[np.ndarray], bits: int, length: int
) -> Iterator[np.ndarray]:
    missing = packed_length(length, bits)
    for stretch in stretches:
        words = _pack(stretch, bits)[:missing]
        missing -= len(words)
        yield words
    yield np.zeros(missing, WORD)


def _pack(numbers: np.ndarray, bits: int) -> np.ndarray:
    """Pack numbers; 64 of them fill `bits` words.

    Shapes: (n,) -> (bits ceil(n / 64),)
    """
    rows = -(-len(numbers) // _BITS)
    padded = np.zeros(rows * _BITS, np.uint64)
    padded[: len(numbers)] = numbers
    columns = padded.reshape(rows, _BITS).T.copy()  # (64, rows)
    words = np.zeros((bits, rows), np.uint64)
    for number, column in enumerate(columns):
        word, shift = divmod(number * bits, _BITS)
        words[word] |= column << np.uint64(shift)
        if shift + bits > _BITS:
            words[word + 1] |= column >> np.uint64(_BITS - shift)
    return words.T.reshape(-1).astype(WORD)
