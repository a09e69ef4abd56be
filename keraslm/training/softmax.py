"""The softmax of a run: which words it holds together, from the training text."""

import itertools
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.classes import classes_by_frequency, read_classes
from keraslm.classes.frequency import Classes, split_large
from keraslm.errors import UsageError
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.options import Configuration
from keraslm.training.reporter import Reporter

COVERED = (0.85, 0.95)  # of the tokens: by the head, by the head and the first band
RESERVED = 2  # <unk> and the line boundary are ids 0 and 1, however frequent


def new_softmax(c: Configuration, vocabulary: Vocabulary, reporter: Reporter) -> Any:
    """Build the adaptive or the class softmax of a run; None is the full softmax.

    Raises: UsageError if the classes cannot be had.
    """
    if c.softmax == "adaptive":
        return _adaptive(c, vocabulary, reporter)
    if c.softmax == "classes":
        return _classes(c, vocabulary, reporter)
    return None


def _adaptive(c: Configuration, vocabulary: Vocabulary, reporter: Reporter) -> Any:
    cutoffs = choose_cutoffs(vocabulary.counts)
    head, *shares = shares_of(vocabulary.counts, cutoffs)
    softmax = AdaptiveSoftmax(len(vocabulary), cutoffs, shares)
    sizes = " and ".join(f"{size:,}" for size in softmax.sizes)
    widths = " and ".join(map(str, softmax.output_side.widths(c.units or 0)))
    reporter.note(
        f"adaptive softmax: {cutoffs[0]:,} words in the head ({head:.1%} of the "
        f"tokens), then {sizes} at width {widths}"
    )
    return softmax


def _classes(c: Configuration, vocabulary: Vocabulary, reporter: Reporter) -> Any:
    softmax = ClassSoftmax(chosen_classes(c, vocabulary).tolist())
    reporter.note(
        f"class softmax: {softmax.number:,} classes of at most {softmax.largest:,} "
        "words"
    )
    return softmax


def chosen_classes(c: Configuration, vocabulary: Vocabulary) -> Classes:
    """Give each word's class: from a file, or by frequency; sqrt(V) are usual.

    Raises: UsageError if the number is none, or the file is no file of classes.
    """
    asked = c.classes or str(round(math.sqrt(len(vocabulary))))
    if not asked.isdecimal():
        return split_large(read_classes(asked, vocabulary))
    if not 1 <= int(asked) <= len(vocabulary):
        raise UsageError(
            f"classes must be 1 to the vocabulary's {len(vocabulary)}, or a file of "
            f"keraslm classes; received {asked}"
        )
    return split_large(classes_by_frequency(vocabulary.counts, int(asked)))


def choose_cutoffs(counts: npt.NDArray[Any]) -> list[int]:
    """Choose where the bands of an adaptive softmax begin.

    The head holds the most frequent words that are 85% of the tokens, the first band
    those up to 95%, the second the rest: one band alone where there are few words.
    Shapes: counts (vocabulary,), falling but for the reserved ids -> one or two
    """
    covered = np.cumsum(counts) / np.sum(counts)
    edges = np.searchsorted(covered, COVERED) + 1
    return sorted({int(e) for e in np.clip(edges, RESERVED, len(counts) - 1)})


def shares_of(counts: npt.NDArray[Any], cutoffs: list[int]) -> list[float]:
    """Give the shares of the tokens in the head and in each band."""
    edges = itertools.pairwise((0, *cutoffs, len(counts)))
    return [float(counts[start:end].sum() / counts.sum()) for start, end in edges]
