"""The n-grams of a text, out of those of its parts.

An n-gram is a key, history * V + word, and the history is an index among the n-grams
that are shorter by a word. The indices of a part become those of the text order by
order: when the (k-1)-grams of all parts are merged, each part knows the index of its
own among them, and so the keys of its k-grams. Keys keep their order, so that each
part gives sorted runs, and ranges of histories are merged apart from each other.

References: Brants, Popat, Xu, Och & Dean (2007), Large Language Models in Machine
    Translation, whose n-grams go to machines by their history; Dean & Ghemawat (2004).
"""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.sorting import count_distinct, sort_with_positions
from keraslm.counts.trie import Level, Trie, first_level

SAMPLE = 1000  # keys by which a part says how its n-grams are spread


@dataclasses.dataclass(frozen=True)
class Run:
    """N-grams of one order, sorted by their keys in the text.

    Shapes: keys (ngrams,), counts (ngrams,), suffixes (ngrams,)
    """

    keys: np.ndarray
    counts: np.ndarray
    suffixes: np.ndarray

    def __len__(self) -> int:
        return len(self.keys)

    def __sizeof__(self) -> int:
        """How many bytes there are, for a worker to know when to use its disk."""
        return self.keys.nbytes + self.counts.nbytes + self.suffixes.nbytes


@dataclasses.dataclass(frozen=True)
class Merged:
    """The n-grams of a range of histories, and where those of each part are among them.

    Shapes: places, an array (ngrams of the part,) a part
    """

    run: Run
    places: list[np.ndarray]

    def __sizeof__(self) -> int:
        """How many bytes there are."""
        return self.run.__sizeof__() + sum(each.nbytes for each in self.places)


def run_of_text(
    ngrams: Ngrams, index: np.ndarray | None, order: int, vocabulary_size: int
) -> Run:
    """Give a part's n-grams of one order, from 2 up, by their keys in the text.

    Shapes: index (ngrams of the order below,): theirs in the text; None for words,
        which have the same everywhere
    """
    keys, suffixes = ngrams.trie.levels[order - 1].keys, ngrams.suffixes[order - 1]
    if index is not None:
        index = index.astype(np.int64)
        keys = index[keys // vocabulary_size] * vocabulary_size + keys % vocabulary_size
        suffixes = index[suffixes]
    return Run(keys, narrow(ngrams.counts[order - 1]), narrow(suffixes))


def sample(run: Run) -> np.ndarray:
    """Give keys that stand at equal distances, fewer for a shorter run.

    Shapes: -> (SAMPLE or fewer,)
    """
    return run.keys[:: max(len(run) // SAMPLE, 1)]


def ranges(
    samples: Sequence[np.ndarray],
    sizes: Sequence[int],
    partitions: int,
    vocabulary_size: int,
) -> np.ndarray:
    """Choose where ranges of histories begin, so that they hold about as many n-grams.

    Shapes: samples (keys,) a part, sizes (parts,) -> (partitions - 1,) the first keys
        of all ranges but the first
    """
    keys = np.concatenate(samples)
    if not len(keys):
        return np.zeros(partitions - 1, dtype=np.int64)
    weights = np.concatenate(
        [
            np.full(len(each), size / max(len(each), 1))
            for each, size in zip(samples, sizes, strict=True)
        ]
    )
    in_order, positions = sort_with_positions(keys)
    below = np.cumsum(weights[positions])
    wanted = below[-1] * np.arange(1, partitions) / partitions
    first = in_order[np.minimum(np.searchsorted(below, wanted), len(keys) - 1)]
    return first // vocabulary_size * vocabulary_size  # a history stays together


def split(run: Run, starts: np.ndarray) -> list[Run]:
    """Cut a run into ranges. Shapes: starts (partitions - 1,)."""
    cuts = [0, *np.searchsorted(run.keys, starts).tolist(), len(run)]
    spans = itertools.starmap(slice, itertools.pairwise(cuts))
    return [Run(run.keys[s], run.counts[s], run.suffixes[s]) for s in spans]


def merge(runs: Sequence[Run], with_places: bool = True) -> Merged:
    """Add up the counts of the n-grams that several parts have.

    Math:   c(h w) = sum of c_i(h w) over the parts i
    """
    keys = np.concatenate([run.keys for run in runs])
    counts = np.concatenate([run.counts.astype(np.int64) for run in runs])
    suffixes = np.concatenate([run.suffixes.astype(np.int64) for run in runs])
    distinct, _, place, example = count_distinct(keys)
    total = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(total, place, counts)
    run = Run(distinct, narrow(total), narrow(suffixes[example]))
    if not with_places:
        return Merged(run, [])
    ends = list(itertools.accumulate(map(len, runs)))
    return Merged(run, [narrow(each) for each in np.split(place, ends[:-1])])


def index_in_text(places: Sequence[np.ndarray], sizes: Sequence[int]) -> np.ndarray:
    """Give the indices of a part's n-grams in the text.

    Shapes: places (ngrams of the range,) a range, sizes (ranges,), the n-grams of the
        text in each -> (ngrams of the part,)
    """
    before = [0, *itertools.accumulate(sizes)]
    parts = zip(places, before, strict=False)
    return narrow(np.concatenate([p.astype(np.int64) + start for p, start in parts]))


def put_together(
    counts: np.ndarray,
    first_seen: np.ndarray,
    higher: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    boundary: int,
) -> Ngrams:
    """Give the n-grams of a text.

    Shapes: counts (V,), first_seen (V,), higher: keys, counts and suffixes (ngrams,)
        each, an order from 2 up
    """
    size = len(counts)
    levels = [first_level(size)]
    for keys, _, _ in higher:
        levels.append(Level(keys, len(levels[-1]), size))
    return Ngrams(
        Trie(levels, boundary),
        [counts, *(of_order for _, of_order, _ in higher)],
        [np.zeros(size, dtype=np.int64), *(suffixes for _, _, suffixes in higher)],
        first_seen,
    )


def narrow(array: np.ndarray) -> np.ndarray:
    """Give numbers, 0 or more, in the smallest type, for they are sent to others."""
    most = int(array.max()) if len(array) else 0
    return array.astype(np.min_scalar_type(most))
