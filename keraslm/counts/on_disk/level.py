"""The n-grams of one order, on the disk."""

import dataclasses
import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from keraslm.counts.sorting import NONE, sort_with_positions
from keraslm.counts.trie import Level
from keraslm.files.spilled import Spilled


class Families(NamedTuple):
    """N-grams of histories that stand together, no history cut in two.

    `level` numbers the histories from `first_history` on. Units: places of n-grams
    """

    start: int
    stop: int
    first_history: int
    level: Level

    @property
    def histories(self) -> slice:
        """Where the histories stand in the order below."""
        return slice(self.first_history, self.first_history + self.level.histories)


@dataclasses.dataclass(frozen=True)
class LevelOnDisk(Level):
    """The distinct n-grams of one order, as `Level`, of which no array is in memory.

    Shapes: keys (ngrams,) sorted, on the disk
    """

    keys: Spilled  # type: ignore[assignment]

    @functools.cached_property
    def _fences(self) -> np.ndarray:
        """The first key of each block."""
        places = range(0, len(self.keys), self.keys.workspace.block)
        return np.array([self.keys[place] for place in places], np.int64)

    def place(self, key: int) -> int:
        """Give how many keys are smaller."""
        block = max(int(np.searchsorted(self._fences, key)) - 1, 0)
        start = block * self.keys.workspace.block
        keys = self.keys.read(start, start + self.keys.workspace.block)
        return start + int(np.searchsorted(keys, key))

    def children(self, history: int) -> slice:
        """Give the place of the n-grams that begin with `history`."""
        if history == NONE:
            return slice(0, 0)
        first = int(history) * self.vocabulary_size
        return slice(self.place(first), self.place(first + self.vocabulary_size))

    def child(self, history: int, word: int) -> int:
        """Give the index of the n-gram `history word`, or NONE."""
        if history == NONE:
            return NONE
        key = int(history) * self.vocabulary_size + int(word)
        at = self.place(key)
        return at if at < len(self) and int(self.keys[at]) == key else NONE

    def starts_of(self, histories: range) -> np.ndarray:
        """Give where the children of a stretch of histories start."""
        firsts = np.arange(histories.start, histories.stop) * self.vocabulary_size
        found = np.full(len(firsts), len(self))
        at, done = self.place(firsts[0]) if len(firsts) else 0, 0
        while done < len(firsts) and at < len(self):
            keys = self.keys.read(at, at + self.keys.workspace.block)
            end = int(np.searchsorted(firsts, keys[-1], side="right"))
            found[done:end] = at + np.searchsorted(keys, firsts[done:end])
            at, done = at + len(keys), end
        return found

    def find(self, histories: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Give the index of each n-gram `history word`, NONE where it is not there.

        Each block of keys is read once at most.

        Shapes: histories (n,), words (n,) -> (n,)
        """
        keys = histories * self.vocabulary_size + words
        index = np.full(len(keys), NONE, dtype=np.int64)
        in_order, positions = sort_with_positions(keys)
        size, done = self.keys.workspace.block, 0
        while done < len(in_order):
            block = int(np.searchsorted(self._fences, in_order[done], side="right")) - 1
            end = len(in_order)
            if block + 1 < len(self._fences):
                end = int(np.searchsorted(in_order, self._fences[block + 1]))
            if block >= 0:
                wanted = in_order[done:end]
                there = self.keys.read(block * size, (block + 1) * size)
                nearest = np.minimum(np.searchsorted(there, wanted), len(there) - 1)
                is_there = there[nearest] == wanted
                found = np.where(is_there, nearest + block * size, NONE)
                index[positions[done:end]] = found
            done = end
        return index

    def sum_over_words(self, values: Spilled) -> Spilled:  # type: ignore[override]
        """Add up the values of the n-grams that share a history.

        Shapes: values (ngrams,) -> (histories,) float64, both on the disk
        """
        totals = self.keys.workspace.new(np.float64)
        for some in self.families():
            totals.append(some.level.sum_over_words(values[some.start : some.stop]))
        return totals

    def families(self) -> Iterator[Families]:
        """Yield all histories and their n-grams, in blocks that end with a history."""
        start = history = 0
        while history < self.histories:
            keys, last = self._block(start, history)
            local = Level(
                keys - history * self.vocabulary_size,
                last - history,
                self.vocabulary_size,
            )
            yield Families(start, start + len(keys), history, local)
            start, history = start + len(keys), last

    def _block(self, start: int, history: int) -> tuple[np.ndarray, int]:
        """Give the keys of the next block, and the history that it ends before."""
        size, v = self.keys.workspace.block, self.vocabulary_size
        keys = self.keys.read(start, start + size)
        end = self.histories
        if start + len(keys) < len(self.keys):
            end = int(keys[-1]) // v  # which may have more children
            if end == history:
                end = history + 1
                stop = self.place(end * v)
                keys = self.keys.read(start, stop)
        end = min(end, history + size)
        return keys[: np.searchsorted(keys, end * v)], end
