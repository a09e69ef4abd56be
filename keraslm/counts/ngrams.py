"""N-grams as sorted integers: counting is sorting, one sort an order.

A k-gram is its context, an index among the distinct (k-1)-grams, and its last word:

    key = context * V + word

so that n-grams of any order fit into 64 bits. The orders form a trie: the children of
a context stand together, in the order of their words.

A line is counted as KenLM counts it: its history begins with `<s>` and is not padded,
so a word near the start of a line has a shorter history. `<s>` is the boundary's id
in a context; the same id at the end of a line is `</s>`, which is predicted.
References: Heafield (2011), KenLM; Stolcke (2002), SRILM's counts.
"""

import dataclasses
import functools
from collections.abc import Iterator

import numpy as np

from keraslm.counts.sorting import NONE, count_distinct, find
from keraslm.errors import CorpusError, UsageError

CHUNK = 1 << 18  # tokens looked up at once: enough for NumPy, little enough for memory


@dataclasses.dataclass(frozen=True)
class NgramOrder:
    """The distinct n-grams of one order and how often each occurs.

    Shapes: keys (ngrams,) sorted, counts (ngrams,)
    """

    keys: np.ndarray
    counts: np.ndarray
    contexts: int
    """How many n-grams there are of the order below; 1, the empty one, for order 1."""
    vocabulary_size: int

    def __len__(self) -> int:
        return len(self.keys)

    @functools.cached_property
    def words(self) -> np.ndarray:
        """The last word of each n-gram."""
        return self.keys % self.vocabulary_size

    @functools.cached_property
    def starts(self) -> np.ndarray:
        """Where the children of each context start.

        Shapes: (contexts + 1,): context h has the n-grams starts[h] .. starts[h + 1]
        """
        firsts = np.arange(self.contexts + 1) * self.vocabulary_size
        return np.searchsorted(self.keys, firsts)

    @functools.cached_property
    def totals(self) -> np.ndarray:
        """How often each context is followed by a word.

        Math:   c(h) = sum_w c(h w)
        Shapes: (contexts,)
        """
        return self.sum_over_words(self.counts)

    def sum_over_words(self, values: np.ndarray) -> np.ndarray:
        """Add up the values of the n-grams that share a context.

        Math:   sum_w values(h w) for every h
        Shapes: values (ngrams,) -> (contexts,)
        """
        cumulative = np.concatenate([[0], np.cumsum(values)])
        return np.diff(cumulative[self.starts])

    def children(self, context: int) -> slice:
        """Give the place of the n-grams that begin with `context`."""
        if context == NONE:
            return slice(0, 0)
        return slice(int(self.starts[context]), int(self.starts[context + 1]))

    def child(self, context: int, word: int) -> int:
        """Give the index of the n-gram `context word`, or NONE."""
        place = self.children(context)
        words = self.words[place]
        at = int(np.searchsorted(words, word))
        return place.start + at if at < len(words) and words[at] == word else NONE


@dataclasses.dataclass(frozen=True)
class Found:
    """The n-grams that end at each token of a text, and the histories before them.

    Shapes: each list has an array (tokens,) of indices an order, NONE if not counted
    """

    contexts: list[np.ndarray]
    """contexts[k]: the k tokens before this one, among the k-grams."""
    ngrams: list[np.ndarray]
    """ngrams[k]: those k tokens and this one, among the (k+1)-grams."""
    history_length: np.ndarray
    """How many tokens of history the line gives, order - 1 at most."""


@dataclasses.dataclass(frozen=True)
class Ngrams:
    """All n-grams of a text up to one order."""

    orders: list[NgramOrder]
    boundary: int = 1

    @property
    def order(self) -> int:
        """How many tokens the longest n-gram has."""
        return len(self.orders)

    @property
    def vocabulary_size(self) -> int:
        """V, how many words may follow a history."""
        return self.orders[0].vocabulary_size

    def sizes(self) -> list[int]:
        """How many distinct n-grams were seen, order by order."""
        return [int(np.count_nonzero(order.counts)) for order in self.orders]

    def look_up(self, ids: np.ndarray) -> Iterator[Found]:
        """Find the n-grams of a text that starts a line, stretch by stretch.

        Shapes: ids (tokens,) -> stretches of at most CHUNK tokens
        """
        for start in range(0, len(ids), CHUNK):
            before = max(start - self.order, 0)
            stretch = np.asarray(ids[before : start + CHUNK], dtype=np.int64)
            if not before:
                stretch = np.concatenate([[self.boundary], stretch])
            yield self._look_up(stretch, first=start - before + (not before))

    def _look_up(self, ids: np.ndarray, first: int) -> Found:
        """Find the n-grams that end at ids[first], ids[first + 1], ...

        Shapes: ids (context + tokens,) -> Found of (tokens,)
        """
        context, contexts, ngrams = np.zeros_like(ids), [], []
        for order in self.orders:
            found = np.full(len(ids), NONE)
            seen = np.flatnonzero(context != NONE)
            keys = context[seen] * self.vocabulary_size + ids[seen]
            # a unigram is its word: nothing to look up
            is_first = order is self.orders[0]
            found[seen] = keys if is_first else find(order.keys, keys)
            contexts.append(context[first:])
            ngrams.append(found[first:])
            context = next_context(found, ids, self.boundary, is_first)
        length = _history_lengths(ids, self.boundary)[first:]
        return Found(contexts, ngrams, np.minimum(length, self.order - 1))


def count_ngrams(
    ids: np.ndarray, vocabulary_size: int, order: int, boundary: int = 1
) -> Ngrams:
    """Count the n-grams of a text, of one token up to `order`.

    Shapes: ids (tokens,), which may lie on disk (a memory map)
    Raises: UsageError if the order is not a whole number of 1 or more; CorpusError if
        there is no token.
    """
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise UsageError(f"an order is a whole number, 1 or more; received {order!r}")
    if not len(ids):
        raise CorpusError("counting needs at least one token; received 0")
    words = np.concatenate([[boundary], ids])  # a text starts as every line starts
    counts = np.bincount(ids, minlength=vocabulary_size)
    orders = [NgramOrder(np.arange(vocabulary_size), counts, 1, vocabulary_size)]
    context = next_context(words, words, boundary, first_order=True)
    for _ in range(1, order):
        seen = np.flatnonzero(context != NONE)
        keys = context[seen] * vocabulary_size + words[seen]
        distinct, counts, index = count_distinct(keys)
        orders.append(NgramOrder(distinct, counts, len(orders[-1]), vocabulary_size))
        found = np.full(len(words), NONE)
        found[seen] = index
        context = next_context(found, words, boundary)
    return Ngrams(orders, boundary)


def next_context(
    found: np.ndarray, ids: np.ndarray, boundary: int, first_order: bool = False
) -> np.ndarray:
    """Make of the n-grams that end at each token the contexts of the tokens after them.

    A history of two tokens or more does not reach over the end of a line.

    Shapes: found (tokens,), ids (tokens,) -> (tokens,), NONE where there is no context
    """
    context = np.empty(len(found), dtype=np.int64)
    context[0] = NONE
    context[1:] = found[:-1]
    if not first_order:
        context[1:][ids[:-1] == boundary] = NONE
    return context


def _history_lengths(ids: np.ndarray, boundary: int) -> np.ndarray:
    """Count the tokens from each line's `<s>` to the token before this one.

    Shapes: ids (tokens,) -> (tokens,); a stretch that starts within a line counts on
        from its own first token
    """
    positions = np.arange(len(ids))
    lines = np.where(ids == boundary, positions, 0)
    previous = np.maximum.accumulate(lines)
    return positions - np.concatenate([[0], previous[:-1]])
