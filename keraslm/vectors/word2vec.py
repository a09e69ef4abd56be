"""The training of word2vec: through the windows of a text, block by block."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from keraslm.vectors.blocks import Blocks, Ids
from keraslm.vectors.cbow import ContinuousBagOfWords
from keraslm.vectors.full_softmax import FullSoftmax
from keraslm.vectors.negative_sampling import DRAWN, NegativeSampling
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.prediction import Prediction
from keraslm.vectors.sequence import follow
from keraslm.vectors.skip_gram import SkipGram
from keraslm.vectors.windows import keep_probabilities, windows_of

Table = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

MOST_ROWS = 32  # centre words of a block
LEAST_ROWS = 4
MOST_TOGETHER = 4  # blocks
CROWD = 0.2  # the learning rate times the occurrences of a word in them, at most
FEW_ROWS = 8  # fewer are not worth the while
MOST_RATE = 2.0  # the learning rate times the rows of a block
PRODUCT = 1 << 19  # multiplications, above which BLAS shares a product out to threads
CELLS = 1 << 18  # of the tables that are laid out at once
LOWEST_RATE = 1e-4  # of the first one
INPUTS: dict[str, type[SkipGram] | type[ContinuousBagOfWords]] = {
    "skip-gram": SkipGram,
    "cbow": ContinuousBagOfWords,
}


def train_word2vec(
    ids: Ids,
    counts: npt.NDArray[np.int64],
    boundary_id: int,
    options: VectorOptions,
    progress: Progress,
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
    prediction = _prediction(counts, options, rng)
    keep = keep_probabilities(counts, options.subsample)
    together = _together(counts * keep, options)
    total = options.passes * len(ids)
    for done in range(0, total, len(ids)):
        for laid in _laid_out(ids, keep, boundary_id, options, prediction, rng):
            for first in range(0, len(laid), together):
                blocks = laid[first : first + together]
                read = done + int(blocks.read[0])
                rate = options.rate * max(1 - read / total, LOWEST_RATE)
                _learn(blocks, table, outputs, options.method, prediction, rate)
            progress(read, total)
    return table[:-1]


def _learn(
    blocks: Blocks,
    table: Table,
    outputs: Table,
    method: str,
    prediction: Prediction,
    rate: float,
) -> None:
    """Move the vectors of the blocks' words, all from where they stand now."""
    words = table.take(blocks.inputs, axis=0)
    vectors = outputs.take(blocks.targets, axis=0)
    inputs, columns = INPUTS[method](blocks, words.copy()), vectors.copy()
    follow(inputs, columns, blocks, prediction, rate)
    _add(table, blocks.inputs, inputs.words - words)
    _add(outputs, blocks.targets, columns - vectors)


def _add(table: Table, ids: Ids, changes: Table) -> None:
    """Add to rows of a table; a word can come in several blocks, but once in each."""
    for own, change in zip(ids, changes, strict=True):
        change += table.take(own, axis=0)
        table[own] = change


def _together(kept: npt.NDArray[np.float64], options: VectorOptions) -> int:
    """Give the blocks to go at once: the fewer, the more often a word comes in them."""
    if options.softmax == "full":
        return 1
    most = kept.max() / kept.sum() * MOST_ROWS * options.rate
    return int(min(max(CROWD / most, 1), MOST_TOGETHER))


def _prediction(
    counts: npt.NDArray[np.int64], options: VectorOptions, rng: np.random.Generator
) -> Prediction:
    """Make the output side; the more examples a word has, the more noise is drawn."""
    if options.softmax == "full":
        return FullSoftmax(len(counts))
    drawn = max(DRAWN, 4 * options.negatives, 2 * options.window)
    return NegativeSampling(counts, options.negatives, rng, drawn)


def _laid_out(
    ids: Ids,
    keep: npt.NDArray[np.float64],
    boundary_id: int,
    options: VectorOptions,
    prediction: Prediction,
    rng: np.random.Generator,
) -> Iterator[Blocks]:
    """Lay out a pass; blocks are so small that BLAS does a product in one thread."""

    def columns(rows: int) -> int:
        if isinstance(prediction, NegativeSampling):
            return rows + 2 * options.window + prediction.drawn
        return prediction.vocabulary

    rows = min(max(int(MOST_RATE / options.rate), LEAST_ROWS), MOST_ROWS)
    while rows > FEW_ROWS and rows * columns(rows) * options.width > PRODUCT:
        rows -= 1
    length = rows * max(CELLS // (rows * columns(rows)), 1)
    lay_out = INPUTS[options.method].blocks
    windows = windows_of(ids, keep, boundary_id, options.window, length, rng)
    return (lay_out(each, rows, prediction) for each in windows)


def first_vectors(
    words: int, width: int, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Draw small vectors, entries evenly from -1/2 to 1/2 over the width.

    Shapes: (words, width)
    """
    return rng.uniform(-0.5 / width, 0.5 / width, (words, width)).astype(np.float32)
