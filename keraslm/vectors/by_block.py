"""Word2vec on NumPy: block by block, as if example by example."""

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
from keraslm.vectors.windows import Kept, windows_of

Table = npt.NDArray[np.float32]

MOST_ROWS = 32  # centre words of a block
LEAST_ROWS = 4
MOST_TOGETHER = 4  # blocks
CROWD = 0.2  # the learning rate times the occurrences of a word in them, at most
FEW_ROWS = 8  # fewer are not worth the while
MOST_RATE = 2.0  # the learning rate times the rows of a block
PRODUCT = 1 << 19  # multiplications, above which BLAS shares a product out to threads
CELLS = 1 << 18  # of the tables that are laid out at once
INPUTS: dict[str, type[SkipGram] | type[ContinuousBagOfWords]] = {
    "skip-gram": SkipGram,
    "cbow": ContinuousBagOfWords,
}


class ByBlock:
    """Learn blocks of words at once; without an extra, and with either softmax.

    References: Mikolov et al. (2013); Ji et al. (2016).
    """

    def __init__(
        self,
        counts: npt.NDArray[np.int64],
        keep: npt.NDArray[np.float64],
        options: VectorOptions,
        rng: np.random.Generator,
    ) -> None:
        self._rng = rng
        self._inputs = INPUTS[options.method]
        self._prediction = _prediction(counts, options, rng)
        self._together = _together(counts * keep, options)
        self._rows, columns = _shape(self._prediction, options)
        self.length = self._rows * max(CELLS // (self._rows * columns), 1)

    def learn(self, kept: Kept, rates: Table, table: Table, outputs: Table) -> None:
        """Move the vectors, whose last row fills blocks up."""
        windows = windows_of(kept, self._rng)
        laid = self._inputs.blocks(windows, self._rows, self._prediction)
        for first in range(0, len(laid), self._together):
            blocks = laid[first : first + self._together]
            rate = float(rates[first * self._rows])
            self._learn_together(blocks, rate, table, outputs)

    def _learn_together(
        self, blocks: Blocks, rate: float, table: Table, outputs: Table
    ) -> None:
        """Move the vectors of the blocks' words, all from where they stand now."""
        words = table.take(blocks.inputs, axis=0)
        vectors = outputs.take(blocks.targets, axis=0)
        inputs, columns = self._inputs(blocks, words.copy()), vectors.copy()
        follow(inputs, columns, blocks, self._prediction, rate)
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


def _shape(prediction: Prediction, options: VectorOptions) -> tuple[int, int]:
    """Give the rows and columns of a block: BLAS does its products in one thread."""

    def columns(rows: int) -> int:
        if isinstance(prediction, NegativeSampling):
            return rows + 2 * options.window + prediction.drawn
        return prediction.vocabulary

    rows = min(max(int(MOST_RATE / options.rate), LEAST_ROWS), MOST_ROWS)
    while rows > FEW_ROWS and rows * columns(rows) * options.width > PRODUCT:
        rows -= 1
    return rows, columns(rows)
