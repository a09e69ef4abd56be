"""The training of word2vec: through the windows of a text, block by block."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from keraslm.vectors.blocks import Block, Ids
from keraslm.vectors.cbow import ContinuousBagOfWords
from keraslm.vectors.full_softmax import FullSoftmax
from keraslm.vectors.negative_sampling import DRAWN, NegativeSampling
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.prediction import Prediction
from keraslm.vectors.sequence import follow
from keraslm.vectors.skip_gram import SkipGram
from keraslm.vectors.windows import keep_probabilities, windows_of

Progress = Callable[[int, int], None]

MOST_ROWS = 64  # centre words of a block
LEAST_ROWS = 4
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
    table = first_vectors(len(counts), options.width, rng)
    table *= 2  # as gensim starts; Mikolov's program has half of that
    outputs = np.zeros_like(table)  # every word is as likely
    prediction = _prediction(counts, options, rng)
    model = INPUTS[options.method]
    keep = keep_probabilities(counts, options.subsample)
    total = options.passes * len(ids)
    for done in range(0, total, len(ids)):
        for blocks in _laid_out(ids, keep, boundary_id, options, prediction, rng):
            for block in blocks:
                rate = options.rate * max(1 - (done + block.read) / total, LOWEST_RATE)
                inputs = model(block, table.take(block.inputs, axis=0))
                vectors = outputs.take(block.targets, axis=0)
                follow(inputs, vectors, block, prediction, rate)
                table[block.inputs] = inputs.words
                outputs[block.targets] = vectors
            progress(done + block.read, total)
    return table


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
) -> Iterator[list[Block]]:
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
    return _ahead(list(lay_out(each, rows, prediction)) for each in windows)


def _ahead(items: Iterator[list[Block]]) -> Iterator[list[Block]]:
    """Make each item while the one before it is used, in a second thread."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


def first_vectors(
    words: int, width: int, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Draw small vectors, entries evenly from -1/2 to 1/2 over the width.

    Shapes: (words, width)
    """
    return rng.uniform(-0.5 / width, 0.5 / width, (words, width)).astype(np.float32)
