"""Brown clustering: classes that tell as much as possible about the next class."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.classes.merging import Merging, information
from keraslm.errors import CorpusError

Array = npt.NDArray[Any]
Progress = Callable[[int, int], None]


@dataclasses.dataclass(frozen=True)
class BrownClasses:
    """The classes of words, with the tree that their merging gave.

    `classes` holds the class of each word, -1 for a word that does not occur; `paths`
    the bit string of each class, from the root; `information` that of the classes, in
    nats a bigram.
    """

    classes: npt.NDArray[np.int64]
    paths: list[str]
    information: float


def brown_classes(
    ids: Array, vocabulary_size: int, number: int, progress: Progress | None = None
) -> BrownClasses:
    """Cluster the words of a text by the words that stand beside them.

    The `number` most frequent words start as a class each. Then each next word becomes
    a class, and the two classes whose merging loses least information become one; all
    words still to come are one class beside them. In the end all classes are merged
    in the same way; a class's bits say where the tree leads to it.

    Math:   I = sum_{c,d} p(c, d) log (p(c, d) / (p(c) p(d))), over bigrams of classes
    Raises: CorpusError if there is no token.
    References: Brown, Della Pietra, deSouza, Lai & Mercer (1992); Liang (2005), the
            window of classes and the table of losses.
    """
    if not len(ids):
        raise CorpusError("clustering needs at least one token; received 0")
    bigrams = bigrams_of(ids, vocabulary_size)
    counts = np.bincount(ids, minlength=vocabulary_size)
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    number = min(number, len(order))
    total = len(order) - 1
    merging = Merging(bigrams, order, number, vocabulary_size)
    for done, word in enumerate(order[number:].tolist()):
        merging.add(word)
        merging.merge_best()
        if progress:
            progress(done + 1, total)
    slots = merging.slot_of_word.copy()
    told = information(*bigrams, slots)
    paths = _tree(merging, number, progress, total)
    return BrownClasses(_numbered(slots, paths), list(paths.values()), told)


def _tree(
    merging: Merging, number: int, progress: Progress | None, total: int
) -> dict[int, str]:
    """Merge all classes, and write the bits of each on the way back."""
    merges = []
    for left in range(number - 1, 0, -1):
        merges.append(merging.merge_best())
        if progress:
            progress(total - left + 1, total)
    paths = {merging.active[0]: ""}
    for kept, gone in reversed(merges):
        paths[gone] = paths[kept] + "1"
        paths[kept] += "0"
    # a single class has a path too
    in_order = sorted(paths.items(), key=lambda item: item[1])
    return {slot: path or "0" for slot, path in in_order}


def _numbered(slots: Array, paths: dict[int, str]) -> npt.NDArray[np.int64]:
    """Number the classes in the order of their paths."""
    numbers = np.full(max(paths) + 2, -1)
    numbers[list(paths)] = np.arange(len(paths))
    return np.where(slots >= 0, numbers[slots], -1)


def bigrams_of(ids: Array, vocabulary_size: int) -> tuple[Array, Array, Array]:
    """Count the pairs of neighbours: first word, second word, how often."""
    pairs = ids[:-1].astype(np.int64) * vocabulary_size + ids[1:]
    pairs, many = np.unique(pairs, return_counts=True)
    return pairs // vocabulary_size, pairs % vocabulary_size, many
