"""The training of word2vec: through the windows of a text."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from keraslm.errors import MissingExtra
from keraslm.vectors.blocks import Ids
from keraslm.vectors.by_block import ByBlock
from keraslm.vectors.by_example import ByExample
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.windows import keep_probabilities, kept_words

Progress = Callable[[int, int], None]

LOWEST_RATE = 1e-4  # of the first one
LONG = 1_000_000  # tokens to read, from which compiled loops, once cached, save time


def train_word2vec(
    ids: Ids,
    counts: npt.NDArray[np.int64],
    boundary_id: int,
    options: VectorOptions,
    progress: Progress,
    note: Callable[[str], None],
) -> npt.NDArray[np.float32]:
    """Learn a vector for every id; the learning rate falls to 0 in a straight line.

    Math:   E and V move as by - rate dL/dE and - rate dL/dV of one example after the
            other, rate = r0 (1 - done)
    Shapes: ids (tokens,), counts (words,) -> (words, width)
    References: Mikolov et al. (2013).
    """
    rng = np.random.default_rng(options.seed)
    start = first_vectors(len(counts), options.width, rng)
    start *= 2  # as gensim starts; Mikolov's program has half of that
    table = np.pad(start, ((0, 1), (0, 0)))  # the last row fills blocks up
    outputs = np.zeros_like(table)  # every word is as likely
    keep = keep_probabilities(counts, options.subsample)
    total = options.passes * len(ids)
    way = _way(total, counts, keep, options, rng, note)
    text = (ids, keep, boundary_id, options.window, way.length, rng)
    for done in range(0, total, len(ids)):
        for kept in kept_words(*text):
            left = 1 - (done + kept.read) / total
            rates = options.rate * np.maximum(left, LOWEST_RATE)
            way.learn(kept, rates.astype(np.float32), table, outputs)
            progress(done + int(kept.read[-1]), total)
    return table[:-1]


def _way(
    total: int,
    counts: npt.NDArray[np.int64],
    keep: npt.NDArray[np.float64],
    options: VectorOptions,
    rng: np.random.Generator,
    note: Callable[[str], None],
) -> ByBlock | ByExample:
    """Choose the compiled way where it saves time; note what is missing for it."""
    if total >= LONG and options.softmax == "sampled":
        try:
            return ByExample(counts, options, rng)
        except MissingExtra:
            note("the extra 'fast' trains vectors quicker: pip install 'keraslm[fast]'")
    return ByBlock(counts, keep, options, rng)


def first_vectors(
    words: int, width: int, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Draw small vectors, entries evenly from -1/2 to 1/2 over the width.

    Shapes: (words, width)
    """
    return rng.uniform(-0.5 / width, 0.5 / width, (words, width)).astype(np.float32)
