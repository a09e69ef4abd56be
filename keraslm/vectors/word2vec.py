"""The training of word2vec: stochastic gradient descent over the windows of a text."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from keraslm.vectors.cbow import ContinuousBagOfWords
from keraslm.vectors.full_softmax import FullSoftmax
from keraslm.vectors.negative_sampling import NegativeSampling
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.skip_gram import SkipGram
from keraslm.vectors.windows import Windows, keep_probabilities, windows_of

Array = npt.NDArray[np.floating]
Ids = npt.NDArray[np.integer]
Progress = Callable[[int, int], None]

BLOCKS = 16  # of a step with sampled noise; with the full softmax, one
LOWEST_RATE = 1e-4  # of the first one


class Inputs(Protocol):
    """The input side: what is read of a window, and what is to be predicted."""

    table: Array

    def __init__(self, table: Array) -> None: ...

    def hidden(self, windows: Windows) -> Array: ...

    def observed(self, windows: Windows) -> tuple[Ids, Array]: ...

    def step(self, windows: Windows, gradient: Array, rate: float) -> None: ...


class Objective(Protocol):
    """The output side: a loss, and the vectors that predict."""

    def step(
        self, hidden: Array, targets: Ids, observed: Array, rate: float
    ) -> Array: ...


INPUTS: dict[str, type[Inputs]] = {"skip-gram": SkipGram, "cbow": ContinuousBagOfWords}


def train_word2vec(
    ids: Ids,
    counts: npt.NDArray[np.int64],
    boundary_id: int,
    options: VectorOptions,
    progress: Progress,
) -> npt.NDArray[np.float32]:
    """Learn a vector for every id; the learning rate falls to 0 in a straight line.

    Math:   E and V are moved by - rate dL/dE and - rate dL/dV, rate = r0 (1 - done)
    Shapes: ids (tokens,), counts (words,) -> (words, width)
    References: Mikolov et al. (2013).
    """
    rng = np.random.default_rng(options.seed)
    inputs = INPUTS[options.method](first_vectors(len(counts), options.width, rng))
    objective = _new_objective(counts, options, rng)
    keep = keep_probabilities(counts, options.subsample)
    blocks = BLOCKS if options.softmax == "sampled" else 1
    total = options.passes * len(ids)
    for done in range(0, total, len(ids)):
        for windows in windows_of(ids, keep, boundary_id, options.window, blocks, rng):
            left = 1 - (done + windows.read) / total
            rate = options.rate * max(left, LOWEST_RATE)
            hidden, observed = inputs.hidden(windows), inputs.observed(windows)
            gradient = objective.step(hidden, *observed, rate)
            inputs.step(windows, gradient, rate)
            progress(done + windows.read, total)
    return inputs.table.astype(np.float32)


def _new_objective(
    counts: npt.NDArray[np.int64], options: VectorOptions, rng: np.random.Generator
) -> Objective:
    """Start with output vectors of zeros: every word is as likely."""
    table = np.zeros((len(counts), options.width), np.float32)
    if options.softmax == "full":
        return FullSoftmax(table)
    return NegativeSampling(table, counts, options.negatives, rng)


def first_vectors(
    words: int, width: int, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Draw small vectors, entries evenly from -1/2 to 1/2 over the width.

    Shapes: (words, width)
    """
    return rng.uniform(-0.5 / width, 0.5 / width, (words, width)).astype(np.float32)
