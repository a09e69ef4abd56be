"""N-grams of one order as they lie in a file: words, and where each history's start.

Nothing is computed when they are opened, and a look-up reads only what it needs: the
children of a history are searched by halves.
"""

import bisect
import functools
from typing import Any

import numpy as np

from keraslm.counts.sorting import NONE, count_distinct
from keraslm.counts.trie import Level
from keraslm.errors import ModelFileError


class StoredLevel(Level):
    """The distinct n-grams of one order, by history and word.

    Shapes: words (ngrams,), the words of a history in order;
        starts (histories + 1,); arrays or columns, in memory or in a file
    """

    where: str

    def __init__(
        self, words: Any, starts: Any, vocabulary_size: int, where: str = "the model"
    ) -> None:
        """Take both as they are; `where` they lie is named where they are damaged."""
        sizes = {"histories": len(starts) - 1, "vocabulary_size": vocabulary_size}
        vars(self).update(words=words, starts=starts, where=where, **sizes)

    def __len__(self) -> int:
        return len(self.words)

    @functools.cached_property
    def keys(self) -> np.ndarray:
        """What a level in memory is searched by; all n-grams are read."""
        return self.history * self.vocabulary_size + np.asarray(self.words)

    @property
    def history(self) -> np.ndarray:
        """The n-gram without its last word; all starts are read."""
        starts: np.ndarray = np.asarray(self.starts, dtype=np.int64)
        children = starts[1:] - starts[:-1]
        self._check(bool(np.all(children >= 0)))
        return np.repeat(np.arange(self.histories), children)

    def words_of(self, ngrams: slice) -> np.ndarray:
        """Give the last words of a stretch of n-grams."""
        return np.asarray(self.words[ngrams])

    def starts_of(self, histories: range) -> np.ndarray:
        """Give where the children of a stretch of histories start."""
        return np.asarray(self.starts[histories.start : histories.stop])

    def children(self, history: int) -> slice:
        """Give the place of the n-grams that begin with `history`."""
        place = super().children(history)
        self._check(place.start <= place.stop)
        return place

    def child(self, history: int, word: int) -> int:
        """Give the index of the n-gram `history word`, or NONE."""
        place = self.children(history)
        at = bisect.bisect_left(self.words, word, place.start, place.stop)
        return at if at < place.stop and self.words[at] == word else NONE

    def find(self, histories: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Give the index of each n-gram `history word`, NONE where it is not there.

        Each n-gram of the text is searched once, in the order of the file, so that
        few pages of it are read.

        Shapes: histories (n,), words (n,) -> (n,)
        """
        if not len(words) or not len(self):
            return np.full(len(words), NONE)
        keys = histories * self.vocabulary_size + words
        distinct, _, index, _ = count_distinct(keys)
        known, wanted = np.divmod(distinct, self.vocabulary_size)
        return self._search(known, wanted)[index]

    def _search(self, histories: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """Search the children of all histories at once, halving every stretch.

        Shapes: histories (n,), wanted (n,) words -> (n,)
        """
        low = self.starts[histories].astype(np.int64)
        end = self.starts[histories + 1].astype(np.int64)
        self._check(bool(np.all(low <= end)))
        high = end.copy()
        for _ in range(int((end - low).max(initial=0)).bit_length()):
            middle = np.minimum((low + high) // 2, len(self) - 1)
            is_before = (self.words[middle] < wanted) & (low < high)
            low = np.where(is_before, middle + 1, low)
            high = np.where(is_before, high, middle)
            high = np.maximum(high, low)
        is_there = low < end
        is_there[is_there] = self.words[low[is_there]] == wanted[is_there]
        return np.where(is_there, low, NONE)

    def _check(self, in_order: bool) -> None:
        if not in_order:
            raise ModelFileError(
                f"{self.where} is damaged: its n-grams are not in order; copy or train "
                "it again"
            )
