"""GloVe: vectors whose products are the logarithms of co-occurrence counts."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from keraslm.vectors.cooccurrence import Cooccurrences, count_cooccurrences
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.rows import add_to_rows
from keraslm.vectors.word2vec import first_vectors

PAIRS = 1024  # of a step
CEILING = 100.0
POWER = 0.75

Array = npt.NDArray[np.floating]
Ids = npt.NDArray[np.integer]
Progress = Callable[[int, int], None]


class Glove:
    """The weighted least squares of GloVe, its bias terms being columns of the tables.

    A row of `words` is [w_i; b_i; 1] and one of `contexts` is [w~_j; 1; b~_j], so that
    their product is w_i w~_j + b_i + b~_j; the ones stay.

    Math:   J = 1/2 sum_ij f(X_ij) (w_i w~_j + b_i + b~_j - log X_ij)^2
            f(x) = min(1, (x / 100)^0.75)
    Shapes: words (words, width + 2), contexts (words, width + 2)
    References: Pennington et al. (2014); Duchi et al. (2011), AdaGrad.
    """

    def __init__(self, words: Array, contexts: Array) -> None:
        self.words = AdaptiveTable(words, fixed=-1)
        self.contexts = AdaptiveTable(contexts, fixed=-2)

    def loss(self, pairs: Cooccurrences) -> float:
        """Give J over some pairs."""
        weight, error = self._error(pairs)
        return float(np.sum(weight * error**2)) / 2

    def step(self, pairs: Cooccurrences, rate: float) -> None:
        """Move the rows of some pairs against the gradient.

        Math:   dJ/dw_i = f(X_ij) error_ij w~_j,   dJ/dw~_j = f(X_ij) error_ij w_i
        """
        weight, error = self._error(pairs)
        factor = (weight * error)[:, None]
        of_words = factor * self.contexts.table[pairs.contexts]
        of_contexts = factor * self.words.table[pairs.words]
        self.words.step(pairs.words, of_words, rate)
        self.contexts.step(pairs.contexts, of_contexts, rate)

    def _error(self, pairs: Cooccurrences) -> tuple[Array, Array]:
        """Give f(X) and how far each product is from log X."""
        words = self.words.table[pairs.words]
        contexts = self.contexts.table[pairs.contexts]
        logs = np.log(pairs.counts).astype(words.dtype)
        weight = np.minimum(1, (pairs.counts / CEILING) ** POWER).astype(words.dtype)
        return weight, np.einsum("pw,pw->p", words, contexts) - logs


class AdaptiveTable:
    """Rows that AdaGrad moves, each entry by its own falling rate.

    Math:   G <- G + g^2,   entry <- entry - rate g / sqrt(G),   G = 1 at first
    References: Duchi et al. (2011).
    """

    def __init__(self, table: Array, fixed: int) -> None:
        self.table = table
        self.fixed = fixed  # the column that never moves
        self.squares = np.ones_like(table)

    def step(self, ids: Ids, gradients: Array, rate: float) -> None:
        """Move rows by the sums of their gradients.

        Shapes: ids (pairs,), gradients (pairs, width)
        """
        gradients[:, self.fixed] = 0
        moved, place = np.unique(ids, return_inverse=True)
        sums = np.zeros((len(moved), self.table.shape[1]), self.table.dtype)
        add_to_rows(sums, place, gradients)
        squares = self.squares[moved] + sums**2
        self.squares[moved] = squares
        self.table[moved] -= rate * sums / np.sqrt(squares)


def train_glove(
    ids: Ids, words: int, boundary_id: int, options: VectorOptions, progress: Progress
) -> npt.NDArray[np.float32]:
    """Count co-occurrences and fit the vectors to them, the pairs in random order.

    Math:   the vector of a word is w + w~
    Shapes: ids (tokens,) -> (words, width)
    """
    pairs = count_cooccurrences(ids, boundary_id, options.window)
    rng = np.random.default_rng(options.seed)
    model = new_glove(words, options.width, rng)
    total = options.passes * len(pairs.counts)
    for done in range(0, total, len(pairs.counts)):
        order = rng.permutation(len(pairs.counts))
        for start in range(0, len(order), PAIRS):
            chosen = order[start : start + PAIRS]
            model.step(pairs.some(chosen), options.rate)
            progress(done + start, total)
    summed = model.words.table + model.contexts.table
    return summed[:, : options.width].astype(np.float32)


def new_glove(words: int, width: int, rng: np.random.Generator) -> Glove:
    """Start with small vectors and no bias."""
    tables = [first_vectors(words, width + 2, rng) for _ in range(2)]
    for table, one in zip(tables, (-1, -2), strict=True):
        table[:, -2:] = 0
        table[:, one] = 1
    return Glove(*tables)
