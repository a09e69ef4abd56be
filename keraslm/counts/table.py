"""What a smoothing makes of the counts: a table that knows every P(w | h)."""

import abc
import dataclasses
from typing import ClassVar

import numpy as np

from keraslm.counts.sorting import NONE
from keraslm.counts.trie import Found, Level, Trie


class Table(abc.ABC):
    """The probability of every word after every history.

    A history is given as the indices of its last 0, 1, 2 ... tokens among the n-grams
    of that length, NONE where they are not in the trie.
    """

    kind: ClassVar[str]
    trie: Trie

    @abc.abstractmethod
    def log_probabilities(self, found: Found) -> np.ndarray:
        """Give log P(w | h) of each token of a text.

        Shapes: found (tokens,) -> (tokens,) float64, in nats
        """

    @abc.abstractmethod
    def next_log_probabilities(self, history: list[int]) -> np.ndarray:
        """Give log P(w | h) of every word after one history.

        Shapes: -> (vocabulary,) float64, in nats
        """

    @abc.abstractmethod
    def sizes(self) -> list[int]:
        """How many distinct n-grams the table holds, order by order."""


@dataclasses.dataclass(frozen=True)
class BackoffTable(Table):
    """One probability an n-gram and one weight a history, as in an ARPA file.

    Math:   P(w | h) = p(h w)                 if the n-gram h w is in the table
            P(w | h) = b(h) P(w | h')         otherwise, h' being h without its first
                                              word, and b(h) = 1 if h is not there
    Shapes: log_p has (ngrams,) an order, log_b the same for all but the last; in nats
    """

    kind = "backoff"
    trie: Trie
    log_p: list[np.ndarray]
    log_b: list[np.ndarray]
    counts: list[np.ndarray] | None = None
    """What the formula counted of each n-gram, (ngrams,) an order; None where that is
    not known, as of an ARPA file, or where counts that made a sum were pruned."""

    def log_probabilities(self, found: Found) -> np.ndarray:
        """Give log P(w | h) of each token of a text.

        Shapes: found (tokens,) -> (tokens,) float64, in nats
        """
        result = self.log_p[0][found.ngrams[0]]
        for k, log_b in enumerate(self.log_b, start=1):
            known = np.flatnonzero(found.histories[k] != NONE)
            result[known] += log_b[found.histories[k][known]]
            seen = np.flatnonzero(found.ngrams[k] != NONE)
            result[seen] = self.log_p[k][found.ngrams[k][seen]]
        return result

    def next_log_probabilities(self, history: list[int]) -> np.ndarray:
        """Give log P(w | h) of every word after one history.

        Shapes: -> (vocabulary,) float64, in nats
        """
        row = np.array(self.log_p[0])
        for k, index in enumerate(history[1:], start=1):
            if index != NONE:
                level = self.trie.levels[k]
                children = level.children(index)
                row += self.log_b[k - 1][index]
                row[level.words_of(children)] = self.log_p[k][children]
        return row

    def sizes(self) -> list[int]:
        """How many n-grams have a probability of their own, order by order."""
        return [len(level) for level in self.trie.levels]

    def keep(self, kept: list[np.ndarray]) -> "BackoffTable":
        """Leave out the n-grams that are not `kept`; their histories must be.

        Shapes: kept (ngrams,) bool an order
        """
        levels, below = [self.trie.levels[0]], np.arange(self.trie.vocabulary_size)
        for level, is_kept in zip(self.trie.levels[1:], kept[1:], strict=True):
            history = below[level.history[is_kept]]
            keys = history * level.vocabulary_size + level.words[is_kept]
            levels.append(Level(keys, len(levels[-1]), level.vocabulary_size))
            below = np.cumsum(is_kept) - 1
        log_p = [p[is_kept] for p, is_kept in zip(self.log_p, kept, strict=True)]
        log_b = [b[is_kept] for b, is_kept in zip(self.log_b, kept[:-1], strict=True)]
        return BackoffTable(Trie(levels, self.trie.boundary), log_p, log_b)
