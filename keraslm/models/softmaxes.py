"""The softmax of a model: full, adaptive or of classes; from its words' counts."""

import itertools
import math
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keraslm.classes import classes_by_frequency, read_classes
from keraslm.classes.frequency import Classes, split_large
from keraslm.errors import UsageError
from keraslm.layers import AdaptiveSoftmax, ClassSoftmax, DirectFeatures
from keraslm.models.sizes import Tokens
from keraslm.text.vocabulary import Vocabulary

COVERED = (0.85, 0.95)  # of the tokens: by the head, by the head and the first band
RESERVED = 2  # <unk> and the line boundary are ids 0 and 1, however frequent
NAMED = ("full", "adaptive", "classes")
KINDS = {kind.__name__: kind for kind in (AdaptiveSoftmax, ClassSoftmax)}


def new_softmax(softmax: Any, tokens: Tokens) -> Any:
    """Give the layer that a builder was asked for; None is the full softmax.

    Raises: UsageError for an unknown one, or one that needs a vocabulary's counts.
    """
    if softmax is None or isinstance(softmax, AdaptiveSoftmax | ClassSoftmax):
        return softmax
    if softmax not in NAMED:
        raise UsageError(
            f"`softmax` must be one of {', '.join(NAMED)}, or such a layer; received "
            f"{softmax!r}"
        )
    if softmax == "full":
        return None
    if isinstance(tokens, int):
        raise UsageError(
            f"a softmax of {softmax} is made of the words' counts; give a TextEncoder "
            "in place of the vocabulary's size"
        )
    vocabulary = tokens.vocabulary
    return adaptive(vocabulary) if softmax == "adaptive" else of_classes(vocabulary)


def adaptive(vocabulary: Vocabulary) -> AdaptiveSoftmax:
    """Build an adaptive softmax whose bands are chosen by the words' counts."""
    cutoffs = choose_cutoffs(vocabulary.counts)
    _, *shares = shares_of(vocabulary.counts, cutoffs)
    return AdaptiveSoftmax(len(vocabulary), cutoffs, shares)


def of_classes(vocabulary: Vocabulary, asked: str | None = None) -> ClassSoftmax:
    """Build a class softmax; see `chosen_classes`."""
    return ClassSoftmax(chosen_classes(vocabulary, asked).tolist())


def chosen_classes(vocabulary: Vocabulary, asked: str | None = None) -> Classes:
    """Give each word's class: so many by frequency, sqrt(V) are usual, or of a file.

    Raises: UsageError if the number is none, or the file is no file of classes.
    """
    asked = asked or str(round(math.sqrt(len(vocabulary))))
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


def new_features(
    vocabulary_size: int,
    softmax: Any,
    order: int,
    skip: int,
    bits: int,
    dtype: str | None = None,
) -> DirectFeatures:
    """Build the features that score every word and then, if there are any, classes.

    Raises: UsageError as `DirectFeatures`, or for an adaptive softmax.
    """
    if isinstance(softmax, AdaptiveSoftmax):
        raise UsageError(
            "an adaptive softmax scores words by the layers alone; features of the "
            "history go with the full softmax or with classes"
        )
    outputs = vocabulary_size + (0 if softmax is None else softmax.number)
    return DirectFeatures(outputs, order, skip, bits, dtype=dtype)


def to_config(softmax: Any) -> Any:
    """Describe the softmax as a model's file does."""
    return None if softmax is None else keras.saving.serialize_keras_object(softmax)


def from_config(stored: Any) -> Any:
    """Build the softmax that a model's file describes."""
    if stored is None:
        return None
    return KINDS[stored["class_name"]].from_config(stored["config"])
