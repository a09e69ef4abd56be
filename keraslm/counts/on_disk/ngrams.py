"""The n-grams of a text of any length, counted order by order on the disk."""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from keraslm.counts.ngrams import Ngrams, check_countable
from keraslm.counts.on_disk.distinct import Distinct, count_on_disk
from keraslm.counts.on_disk.level import LevelOnDisk
from keraslm.counts.on_disk.parted_suffixes import Suffixes
from keraslm.counts.trie import Trie, first_level
from keraslm.files.spilled import Spilled, Workspace

LOOKED_UP = 400  # bytes of memory to look a token up
LONG = 2**32 - 2  # tokens


@dataclasses.dataclass(frozen=True)
class NgramsOnDisk(Ngrams):
    """The n-grams of a text, as `Ngrams`; but for order 1 the arrays are on the disk.

    Shapes: each list has an array (ngrams,) an order
    """

    workspace: Workspace
    ids: Any
    """The text; shapes: (tokens,), in memory, mapped or on the disk."""

    def how_many(self, order: int, times: int | None = None) -> int:
        """Count the n-grams of an order that were seen, or seen so many times."""
        if order == 1:
            return super().how_many(order, times)
        counts: Any = self.counts[order - 1]
        if times is None:
            return len(counts)
        return sum(int(np.count_nonzero(some == times)) for some in counts.blocks())

    @functools.cached_property
    def parted_suffixes(self) -> list[Suffixes]:
        """The suffixes of each order from 2 up, parted by their size."""
        spilled: list[Any] = self.suffixes[1:]
        return [
            Suffixes(suffixes, len(below), self.workspace)
            for suffixes, below in zip(spilled, self.trie.levels, strict=False)
        ]

    @property
    def longer_levels(self) -> list[LevelOnDisk]:
        """The levels from order 2 up, which are on the disk."""
        found: list[Any] = self.trie.levels[1:]
        return found

    @functools.cached_property
    def line_starts(self) -> list[slice]:
        """Where the n-grams of each order stand that begin a line."""
        found = [slice(self.trie.boundary, self.trie.boundary + 1)]
        for level in self.trie.levels[1:]:
            first = level.children(found[-1].start).start
            found.append(slice(first, level.children(found[-1].stop - 1).stop))
        return found

    @functools.cached_property
    def continuations(self) -> list[Any]:
        """How many distinct words stand before each n-gram, order by order.

        Math:   as `kneser_ney.continuation_counts`
        """
        found: list[Any] = []
        for k, suffixes in enumerate(self.parted_suffixes):
            if k == 0:
                found.append(np.concatenate(list(suffixes.count())))
                continue
            counts = self.workspace.new(self.counts[k].dtype)
            for some in suffixes.count():
                counts.append(some)
            self._copy_line_starts(k, counts)
            found.append(counts)
        return [*found, self.counts[-1]]

    def _copy_line_starts(self, k: int, counts: Spilled) -> None:
        """Count the n-grams that begin a line, with no word before them, themselves."""
        place, block = self.line_starts[k], self.workspace.block
        for start in range(place.start, place.stop, block):
            stop = min(start + block, place.stop)
            counts.write(start, self.counts[k][start:stop])


class Block(NamedTuple):
    """Tokens that have a history of the length in question, and their n-grams.

    Shapes: keys (seen,), suffixes (seen,), seen (tokens,) bool
    """

    keys: np.ndarray
    suffixes: np.ndarray
    seen: np.ndarray


class _Tokens:
    """The tokens of a text, and the n-grams of one order that end at each.

    `found` is None of order 1, where the n-gram is the token.
    """

    def __init__(
        self, ids: Any, found: Spilled | None, vocabulary_size: int, boundary: int
    ) -> None:
        self.ids, self.found = ids, found
        self.vocabulary_size, self.boundary = vocabulary_size, boundary

    def blocks(self, size: int) -> Iterator[Block]:
        """Yield the n-grams that are one token longer."""
        word_before = ngram_before = self.boundary  # a text starts as a line starts
        for start in range(0, len(self.ids), size):
            words = np.asarray(self.ids[start : start + size], np.int64)
            ngrams = words if self.found is None else self.found[start : start + size]
            before = np.concatenate([[ngram_before], ngrams[:-1]]).astype(np.int64)
            seen = np.ones(len(words), bool)
            if self.found is not None:
                lines = np.concatenate([[word_before], words[:-1]])
                seen = (before != missing(self.found.dtype)) & (lines != self.boundary)
            keys = before[seen] * self.vocabulary_size + words[seen]
            yield Block(keys, ngrams[seen], seen)
            word_before, ngram_before = int(words[-1]), int(ngrams[-1])


def missing(dtype: np.dtype[Any]) -> int:
    """Give the number that says that no n-gram ends at a token."""
    return int(np.iinfo(dtype).max)


def count_ngrams_on_disk(
    ids: Any, vocabulary_size: int, order: int, w: Workspace, boundary: int = 1
) -> NgramsOnDisk:
    """Count the n-grams of a text as `count_ngrams` does, within the memory of `w`.

    Shapes: ids (tokens,), in memory, mapped or on the disk
    Raises: as `count_ngrams`; KeraslmError if the disk is full.
    """
    check_countable(ids, order)
    # of an index, and of `missing`; of signed ones NumPy's arithmetic is exact
    dtype = np.dtype(np.uint32 if len(ids) < LONG else np.int64)
    unigrams, first_seen = _unigrams(ids, vocabulary_size, boundary, w)
    levels: list[Any] = [first_level(vocabulary_size)]
    counts: list[Any] = [unigrams]
    suffixes: list[Any] = [np.zeros(vocabulary_size, dtype=np.int64)]
    found = None
    for k in range(1, order):
        tokens = _Tokens(ids, found, vocabulary_size, boundary)
        distinct = Distinct(w.new(np.int64), w.new(dtype), w.new(dtype))
        longer = None if k == order - 1 else w.new(dtype)
        _count_order(tokens, distinct, longer, len(levels[-1]), w)
        levels.append(LevelOnDisk(distinct.keys, len(levels[-1]), vocabulary_size))
        counts.append(distinct.counts)
        suffixes.append(distinct.values)
        if found is not None:
            found.close()
        found = longer
    trie = Trie(levels, boundary, chunk=max(w.memory // LOOKED_UP // order, 8))
    return NgramsOnDisk(trie, counts, suffixes, first_seen, w, ids)


def _count_order(
    tokens: _Tokens,
    distinct: Distinct,
    longer: Spilled | None,
    histories: int,
    w: Workspace,
) -> None:
    """Count the n-grams of the next order, and say in `longer` which end where."""

    def blocks() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        return ((block.keys, block.suffixes) for block in tokens.blocks(w.block))

    greatest = histories * tokens.vocabulary_size - 1
    index = None if longer is None else w.new(longer.dtype)
    count_on_disk(blocks, 0, greatest, w, distinct, index)
    if longer is None or index is None:
        return
    done = 0
    for block in tokens.blocks(w.block):
        found = np.full(len(block.seen), missing(longer.dtype), longer.dtype)
        found[block.seen] = index.read(done, done + len(block.keys))
        done += len(block.keys)
        longer.append(found)
    index.close()


def _unigrams(
    ids: Any, size: int, boundary: int, w: Workspace
) -> tuple[np.ndarray, np.ndarray]:
    """Count the words, and say where each occurs first, -1 where it does not.

    Shapes: -> (vocabulary,), (vocabulary,)
    """
    counts, first = np.zeros(size, np.int64), np.full(size, -1)
    block = max(w.block, size)
    for start in reversed(range(0, len(ids), block)):
        words = np.asarray(ids[start : start + block], np.int64)
        counts += np.bincount(words, minlength=size)
        places = np.arange(start, start + len(words))
        first[words[::-1]] = places[::-1]  # the last to be written stays
    first[[0, boundary]] = -1
    return counts, first
