"""A text counted by the workers of a cluster, exactly as one process counts it.

Every part is read where it lies, once, and goes through these steps; a step waits for
no more than what it needs, and is done again if its worker is lost:

    number      the tokens of a part, numbered as they come
    encode      their ids, when all parts have told their tokens
    count       the n-grams of the part
    then, for each order from 2 up,
    run         the part's n-grams with their keys in the text
    split       the run, cut into ranges of histories: the shuffle
    merge       the runs of one range
    index       where each of the part's n-grams is in the text

This process keeps the ids, as it does without a cluster, and the n-grams of the text.
"""

import operator
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from keraslm.cluster import merging, tasks
from keraslm.cluster.connection import threads
from keraslm.cluster.parts import Part, part_size, parts_of, shortened
from keraslm.cluster.waiting import Progress, check_files_on, in_turn, wait_for
from keraslm.counts.ngrams import Ngrams
from keraslm.counts.sorting import NONE
from keraslm.errors import CorpusChanged, UsageError
from keraslm.text.encoder import TextEncoder, collected
from keraslm.text.origin import Origin
from keraslm.text.text import Text
from keraslm.text.tokenizer import Tokenizer
from keraslm.text.tokenizer_base import Ids, id_dtype
from keraslm.text.vocabulary import Vocabulary
from keraslm.version import __version__

GROUP = 16  # parts whose tokens are added up at once
PER_RANGE = 8  # parts for which there is one more range of histories

Futures = list[Any]
Step = Callable[..., Any]
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def files_of(text: Text) -> Origin:
    """Give the files of a text, which workers can read.

    Raises: UsageError if it lies in none.
    """
    if text.origin is None:
        raise UsageError(
            "`cluster` counts files that every worker can read; "
            f"{text.name} is no file: write it to one, and give that"
        )
    return text.origin


class ClusterCount:
    """The count of one text on the workers of a client."""

    def __init__(
        self,
        client: Any,
        text: Text,
        order: int,
        progress: Progress,
        size: int | None = None,
    ) -> None:
        """Cut the text into parts of `size` bytes, or as many as the workers need.

        Raises: UsageError if the text lies in no file, or a worker cannot read all of
            its files.
        """
        self._client, self._text, self._progress = client, text, progress
        self._order = order
        self._began = time.perf_counter()
        self._orders: list[tuple[Futures, Futures]] = []
        self._seen: Futures = []
        self._lengths: list[int] = []  # of the parts, in tokens
        self._vocabulary: Vocabulary | None = None
        self.parts = self._cut(files_of(text), size)

    def learn(
        self, tokenizer: Tokenizer, size: int | None = None, min_count: int = 1
    ) -> tuple[TextEncoder, Ids]:
        """Build the vocabulary of the text and encode it; see `TextEncoder.learn`.

        The workers go on to count the n-grams.
        Raises: UsageError, CorpusError, as that; ClusterError if workers are lost and
            do not come back.
        """
        same = (tokenizer.name, __version__)
        numbered = self._map(tasks.number, self.parts, same=same)
        sizes = self._map(tasks.sizes_of, numbered)
        counters = self._grouped(self._map(tasks.tokens_of, numbered))
        limits = (tokenizer.level, size, min_count)
        vocabulary = self._submit(tasks.vocabulary_of, counters, *limits)
        expected = self._text.characters  # read here while the workers read
        wait_for(self._client, sizes, "reading parts", self._progress)
        characters, lengths = zip(*in_turn(self._client, sizes), strict=True)
        self._check_length(sum(characters), expected)
        self._lengths = [length for length in lengths if length]
        filled = [part for part, n in zip(numbered, lengths, strict=True) if n]
        encoded = self._map(tasks.encode, filled, same=(vocabulary,))
        encoder = TextEncoder(tokenizer, self._known(vocabulary))
        self._start(encoded, encoder.vocabulary)
        ids = in_turn(self._client, encoded)
        in_memory, dtype = encoder.in_memory, id_dtype(encoder.vocabulary)
        return encoder, collected(ids, dtype, in_memory)

    def ngrams(self) -> Ngrams:
        """Give the n-grams of the text that was learnt, of one token up to the order.

        Raises: ClusterError if workers are lost and do not come back.
        """
        vocabulary = self._vocabulary
        if vocabulary is None:
            raise ValueError("the n-grams of a text are counted after it was learnt")
        wait_for(self._client, self._seen, "counting parts", self._progress)
        seen = in_turn(self._client, self._seen)
        first = first_in_text(seen, self._lengths, len(vocabulary))
        higher = [self._fetched(self._orders.pop(0)) for _ in range(self._order - 1)]
        counts = vocabulary.counts.copy()
        return merging.put_together(counts, first, higher, vocabulary.boundary_id)

    def summary(self) -> str:
        """Say who counted what, and how long it took."""
        seconds = time.perf_counter() - self._began
        return (
            f"{len(self._client.nthreads())} workers counted {len(self.parts)} parts "
            f"in {seconds:.1f} s"
        )

    def _cut(self, origin: Origin, size: int | None) -> list[Part]:
        parts = parts_of(origin, size or part_size(origin, threads(self._client)))
        check_files_on(self._client, [piece for part in parts for piece in part.pieces])
        if origin.is_whole:
            return parts
        lengths = self._map(tasks.length, parts)
        wait_for(self._client, lengths, "measuring parts", self._progress)
        return shortened(parts, in_turn(self._client, lengths), origin.characters)

    def _known(self, vocabulary: Any) -> Vocabulary:
        (built,) = in_turn(self._client, [vocabulary])
        self._vocabulary = Vocabulary(built.tokens, built.counts)
        return self._vocabulary

    def _start(self, encoded: Futures, vocabulary: Vocabulary) -> None:
        """Let the workers count and merge; what they need no more they may forget."""
        same = (len(vocabulary), self._order, vocabulary.boundary_id)
        counted = self._map(tasks.count, encoded, same=same)
        self._seen = self._map(tasks.first_seen, counted)
        self._orders = list(self._merge_orders(counted, self._order, len(vocabulary)))

    def _merge_orders(
        self, counted: Futures, order: int, size: int
    ) -> Iterator[tuple[Futures, Futures]]:
        """Yield the n-grams of each order from 2 up, by ranges, with their sizes."""
        number, index = len(counted), [None] * len(counted)  # in the text
        ranges = range(max(threads(self._client), number // PER_RANGE))
        for k in range(2, order + 1):
            runs = self._map(tasks.run, counted, index, same=(k, size))
            spread = self._map(merging.sample, runs), self._map(len, runs)
            starts = self._submit(merging.ranges, *spread, len(ranges), size)
            cut = self._map(merging.split, runs, same=(starts,))
            sent = [self._map(operator.getitem, cut, same=(j,)) for j in ranges]
            merged = self._map(merging.merge, sent, same=(k < order,))
            found = self._map(tasks.run_of, merged)
            sizes = self._map(len, found)
            yield found, sizes
            if k < order:
                places = [
                    self._map(tasks.places_of, merged, same=(i,)) for i in range(number)
                ]
                index = self._map(merging.index_in_text, places, same=(sizes,))

    def _fetched(self, of_order: tuple[Futures, Futures]) -> Arrays:
        """Fetch the n-grams of an order, range by range.

        Shapes: -> keys, counts and suffixes (ngrams,) each
        """
        runs, sizes = of_order
        wait_for(self._client, sizes, "merging ranges", self._progress)
        total = sum(in_turn(self._client, sizes))
        keys, counts, suffixes = (np.empty(total, dtype=np.int64) for _ in range(3))
        start = 0
        for run in in_turn(self._client, runs):
            place = slice(start, start := start + len(run))
            keys[place], counts[place] = run.keys, run.counts
            suffixes[place] = run.suffixes
        return keys, counts, suffixes

    def _check_length(self, characters: int, expected: int) -> None:
        if characters != expected:
            raise CorpusChanged(
                f"{self._text.name} has {expected:,} characters here and "
                f"{characters:,} on the workers; the same files must lie everywhere, "
                "and be left alone meanwhile"
            )

    def _grouped(self, counters: Futures) -> Futures:
        """Add up counters until there are few."""
        while len(counters) > GROUP:
            starts = range(0, len(counters), GROUP)
            groups = [counters[start : start + GROUP] for start in starts]
            counters = self._map(tasks.add, groups)
        return counters

    def _map(self, step: Step, *each: Futures, same: tuple[Any, ...] = ()) -> Futures:
        """Let workers do a step for each item, with the same further arguments.

        The names of results are random: what a scheduler still holds of an earlier run
        is not taken for this one's.
        """
        rest = ([value] * len(each[0]) for value in same)
        return self._client.map(step, *each, *rest, pure=False)

    def _submit(self, step: Step, *given: Any) -> Any:
        return self._client.submit(step, *given, pure=False)


def first_in_text(
    of_parts: Iterable[tuple[np.ndarray, np.ndarray]], lengths: list[int], size: int
) -> np.ndarray:
    """Say where in the text each word first occurs, from where it does in the parts.

    Shapes: of_parts: words and places (different words of the part,) each,
        lengths (parts,) in tokens -> (size,), -1 where there is none
    """
    first, start = np.full(size, NONE), 0
    for (words, places), length in zip(of_parts, lengths, strict=True):
        is_new = first[words] == NONE
        first[words[is_new]] = places[is_new].astype(np.int64) + start
        start += length
    return first
