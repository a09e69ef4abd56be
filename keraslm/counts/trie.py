"""N-grams of all orders as a trie of sorted integers.

A k-gram is its history, an index among the distinct (k-1)-grams, and its last word:

    key = history * V + word

so that n-grams of any order fit into 64 bits. The children of a history stand
together, in the order of their words.

A line's history begins with `<s>` and is not padded, so a word near the start of a
line has a shorter one. `<s>` is the boundary's id in a history; the same id at the
end of a line is `</s>`, which is predicted.
References: Heafield (2011), KenLM; Stolcke (2002), SRILM.
"""

import dataclasses
import functools
from collections.abc import Iterator

import numpy as np

from keraslm.counts.sorting import NONE, find

CHUNK = 1 << 18  # tokens looked up at once: enough for NumPy, little enough for memory


@dataclasses.dataclass(frozen=True)
class Level:
    """The distinct n-grams of one order.

    Shapes: keys (ngrams,) sorted
    """

    keys: np.ndarray
    histories: int
    """How many n-grams there are of the order below; 1, the empty one, for order 1."""
    vocabulary_size: int

    def __len__(self) -> int:
        return len(self.keys)

    @functools.cached_property
    def words(self) -> np.ndarray:
        """The last word of each n-gram."""
        return self.keys % self.vocabulary_size

    @functools.cached_property
    def history(self) -> np.ndarray:
        """The n-gram without its last word, among the n-grams of the order below."""
        return np.repeat(np.arange(self.histories), np.diff(self.starts))

    @functools.cached_property
    def starts(self) -> np.ndarray:
        """Where the children of each history start.

        Shapes: (histories + 1,): history h has the n-grams starts[h] .. starts[h + 1]
        """
        firsts = np.arange(self.histories + 1) * self.vocabulary_size
        return np.searchsorted(self.keys, firsts)

    def word_blocks(self) -> Iterator[np.ndarray]:
        """Yield the last words of all n-grams, a stretch at a time."""
        for start in range(0, len(self), CHUNK):
            yield self.words_of(slice(start, start + CHUNK))

    def start_blocks(self) -> Iterator[np.ndarray]:
        """Yield where the children of each history start, and last their number."""
        for first in range(0, self.histories + 1, CHUNK):
            last = min(first + CHUNK, self.histories + 1)
            yield self.starts_of(range(first, last))

    def words_of(self, ngrams: slice) -> np.ndarray:
        """Give the last words of a stretch of n-grams, without those of all others."""
        return self.keys[ngrams] % self.vocabulary_size

    def starts_of(self, histories: range) -> np.ndarray:
        """Give where the children of a stretch of histories start."""
        firsts = np.arange(histories.start, histories.stop) * self.vocabulary_size
        return np.searchsorted(self.keys, firsts)

    def sum_over_words(self, values: np.ndarray) -> np.ndarray:
        """Add up the values of the n-grams that share a history.

        Math:   sum_w values(h w) for every h
        Shapes: values (ngrams,) -> (histories,) float64
        """
        return np.bincount(self.history, values, self.histories)

    def find(self, histories: np.ndarray, words: np.ndarray) -> np.ndarray:
        """Give the index of each n-gram `history word`, NONE where it is not there.

        Shapes: histories (n,), words (n,) -> (n,)
        """
        return find(self.keys, histories * self.vocabulary_size + words)

    def children(self, history: int) -> slice:
        """Give the place of the n-grams that begin with `history`."""
        if history == NONE:
            return slice(0, 0)
        return slice(int(self.starts[history]), int(self.starts[history + 1]))

    def child(self, history: int, word: int) -> int:
        """Give the index of the n-gram `history word`, or NONE."""
        place = self.children(history)
        words = self.words[place]
        at = int(np.searchsorted(words, word))
        return place.start + at if at < len(words) and words[at] == word else NONE


@dataclasses.dataclass(frozen=True)
class Found:
    """The n-grams that end at each token of a text, and the histories before them.

    Shapes: each list has an array (tokens,) of indices an order, NONE if not there
    """

    histories: list[np.ndarray]
    """histories[k]: the k tokens before this one, among the k-grams."""
    ngrams: list[np.ndarray]
    """ngrams[k]: those k tokens and this one, among the (k+1)-grams."""
    history_length: np.ndarray
    """How many tokens of history the line gives, order - 1 at most."""


@dataclasses.dataclass(frozen=True)
class Trie:
    """All n-grams up to one order; those of order 1 are the words of the vocabulary."""

    levels: list[Level]
    boundary: int = 1
    chunk: int = CHUNK
    """How many tokens are looked up at once."""

    @property
    def order(self) -> int:
        """How many tokens the longest n-gram has."""
        return len(self.levels)

    @property
    def vocabulary_size(self) -> int:
        """V, how many words may follow a history."""
        return self.levels[0].vocabulary_size

    def look_up(self, ids: np.ndarray) -> Iterator[Found]:
        """Find the n-grams of a text that starts a line, stretch by stretch.

        Shapes: ids (tokens,) -> stretches of at most `chunk` tokens
        """
        for start in range(0, len(ids), self.chunk):
            before = max(start - self.order, 0)
            stretch = np.asarray(ids[before : start + self.chunk], dtype=np.int64)
            if not before:
                stretch = np.concatenate([[self.boundary], stretch])
            yield self._look_up(stretch, first=start - before + (not before))

    def _look_up(self, ids: np.ndarray, first: int) -> Found:
        """Find the n-grams that end at ids[first], ids[first + 1], ...

        Shapes: ids (history + tokens,) -> Found of (tokens,)
        """
        history, histories, ngrams = np.zeros_like(ids), [], []
        for level in self.levels:
            found = np.full(len(ids), NONE)
            seen = np.flatnonzero(history != NONE)
            words = ids[seen]
            # a unigram is its word: nothing to look up
            is_first = level is self.levels[0]
            found[seen] = words if is_first else level.find(history[seen], words)
            histories.append(history[first:])
            ngrams.append(found[first:])
            history = next_history(found, ids, self.boundary, is_first)
        length = _history_lengths(ids, self.boundary)[first:]
        return Found(histories, ngrams, np.minimum(length, self.order - 1))


def first_level(vocabulary_size: int) -> Level:
    """Give the level of order 1: every word of the vocabulary."""
    return Level(np.arange(vocabulary_size), 1, vocabulary_size)


def next_history(
    found: np.ndarray, ids: np.ndarray, boundary: int, first_order: bool = False
) -> np.ndarray:
    """Make of the n-grams that end at each token the histories of the tokens after it.

    A history of two tokens or more does not reach over the end of a line.

    Shapes: found (tokens,), ids (tokens,) -> (tokens,), NONE where there is no history
    """
    history = np.empty(len(found), dtype=np.int64)
    history[0] = NONE
    history[1:] = found[:-1]
    if not first_order:
        history[1:][ids[:-1] == boundary] = NONE
    return history


def _history_lengths(ids: np.ndarray, boundary: int) -> np.ndarray:
    """Count the tokens from each line's `<s>` to the token before this one.

    Shapes: ids (tokens,) -> (tokens,); a stretch that starts within a line counts on
        from its own first token
    """
    positions = np.arange(len(ids))
    lines = np.where(ids == boundary, positions, 0)
    previous = np.maximum.accumulate(lines)
    return positions - np.concatenate([[0], previous[:-1]])
