"""The adaptive softmax: little is spent on rare words."""

import itertools
from collections.abc import Sequence
from typing import Any

from keraslm.errors import UsageError


class AdaptiveOutput:
    """Predict frequent words at once, rare ones by their band and then within it.

    The ids stand in the order of falling frequency. The head is a softmax over the
    first cutoffs[0] words and one entry for each band; band i holds the words from
    cutoffs[i] up to the next cutoff and is read by vectors 4^(i+1) times narrower.

    Math:   log P(w) = log softmax(O x + b)[w]                         in the head
            log P(w) = log softmax(O x + b)[band i]
                       + log softmax(O_i P_i x + b_i)[w]               in band i
    Raises: UsageError if the cutoffs do not rise from 1 to below the vocabulary.
    References: Grave, Joulin, Cisse, Grangier & Jegou (2017).
    """

    narrower = 4
    """A band's vectors are so many times narrower than those of the band before."""

    def __init__(self, vocabulary_size: int, cutoffs: Sequence[int]) -> None:
        edges = (0, *cutoffs, vocabulary_size)
        rise = all(low < high for low, high in itertools.pairwise(edges))
        if not cutoffs or not rise:
            raise UsageError(
                "cutoffs must rise, from 1 to below the vocabulary's "
                f"{vocabulary_size} words; received {list(cutoffs)}"
            )
        self.cutoffs = tuple(cutoffs)
        self.sizes = [b - a for a, b in itertools.pairwise(edges[1:])]

    def shapes(self, width: int) -> list[tuple[int, ...]]:
        """Give the shapes of O and b, and of P_i, O_i and b_i of each band."""
        head = self.cutoffs[0] + len(self.cutoffs)
        shapes: list[tuple[int, ...]] = [(width, head), (head,)]
        for size, narrow in zip(self.sizes, self.widths(width), strict=True):
            shapes += [(width, narrow), (narrow, size), (size,)]
        return shapes

    def widths(self, width: int) -> list[int]:
        """Give the widths of the bands' vectors."""
        bands = range(1, len(self.cutoffs) + 1)
        return [max(width // self.narrower**number, 1) for number in bands]

    def log_probabilities(self, x: Any, weights: Sequence[Any], math: Any) -> Any:
        """Compute the equation with `kernels.tensors` or `outputs.arrays`.

        Shapes: (.., width) -> (.., vocabulary)
        """
        kernel, bias, *rest = weights
        head = math.log_softmax(math.matmul(x, kernel) + bias)
        parts = [head[..., : self.cutoffs[0]]]
        for number in range(len(self.cutoffs)):
            down, up, bias = rest[3 * number : 3 * number + 3]
            words = math.matmul(math.matmul(x, down), up) + bias
            entry = self.cutoffs[0] + number
            parts.append(head[..., entry : entry + 1] + math.log_softmax(words))
        return math.concatenate(parts, axis=-1)
