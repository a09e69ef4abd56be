"""The words of a text, each with the words around it."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

CHUNK = 1 << 20  # tokens of the text that are thinned out at once

Ids = npt.NDArray[np.integer]


@dataclasses.dataclass(frozen=True)
class Kept:
    """Words that sub-sampling has left, and `window` more on each side of them.

    Shapes: around and lines (centres + 2 window,), read (centres,)
    """

    around: Ids
    lines: Ids  # the number of each word's line, -1 beyond the text
    read: Ids  # tokens of the text before each centre word


@dataclasses.dataclass(frozen=True)
class Windows:
    """Words in the order of the text, and which of them lie in whose window.

    The first and the last `window` of `around` surround the centre words. Pair k says
    that around[context[k] + window] lies in the window of the centre word centre[k].

    Shapes: around (centres + 2 window), centre and context (pairs)
    """

    around: Ids
    window: int
    centre: Ids
    context: Ids

    @property
    def centres(self) -> Ids:
        """The words that have a window."""
        return self.around[self.window : len(self.around) - self.window]


def keep_probabilities(
    counts: npt.NDArray[np.int64], threshold: float
) -> npt.NDArray[np.float64]:
    """Give the probability to keep an occurrence of each word; 0 keeps them all.

    Math:   min(1, sqrt(t / f) + t / f), f the word's share of the text
    References: Mikolov et al. (2013), in the form of their program.
    """
    if threshold == 0:
        return np.ones(len(counts))
    share = np.maximum(counts, 1) / counts.sum()
    return np.minimum(1, np.sqrt(threshold / share) + threshold / share)


def kept_words(
    ids: Ids,
    keep: npt.NDArray[np.float64],
    boundary_id: int,
    window: int,
    length: int,
    rng: np.random.Generator,
) -> Iterator[Kept]:
    """Go once through a text, so many centre words at a time.

    Frequent words are dropped by chance before windows are laid, so that windows reach
    further.

    References: Mikolov et al. (2013), sub-sampling.
    """
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        chosen = rng.random(len(chunk)) < keep[chunk]
        ends = chunk == boundary_id
        kept = np.flatnonzero(chosen & ~ends)
        words = np.pad(chunk[kept], window)
        lines = np.pad(np.cumsum(ends)[kept], window, constant_values=-1)
        for first in range(0, len(kept), length):
            read = start + kept[first : first + length]
            part = slice(first, first + len(read) + 2 * window)
            yield Kept(words[part], lines[part], read)


def windows_of(kept: Kept, rng: np.random.Generator) -> Windows:
    """List the words in the window of each centre word.

    A window ends with the line.
    """
    window = (len(kept.around) - len(kept.read)) // 2
    own = kept.lines[window : len(kept.lines) - window]
    reach = reaches(len(own), window, rng)
    centres, contexts = [], []
    for distance in [d for d in range(-window, window + 1) if d]:
        there = kept.lines[window + distance :][: len(own)]
        inside = np.flatnonzero((reach >= abs(distance)) & (there == own))
        centres.append(inside)
        contexts.append(inside + distance)
    pairs = np.concatenate(centres), np.concatenate(contexts)
    return Windows(kept.around, window, *pairs)


def reaches(centres: int, window: int, rng: np.random.Generator) -> Ids:
    """Draw how far each window reaches: 1 to `window` words, each as often.

    References: Mikolov et al. (2013), dynamic windows.
    """
    return rng.integers(1, window + 1, centres)
