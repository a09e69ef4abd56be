"""Vectors from a text."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from keraslm.errors import CorpusError, TrainingError
from keraslm.text.vocabulary import Vocabulary
from keraslm.vectors.glove import train_glove
from keraslm.vectors.options import VectorOptions
from keraslm.vectors.word2vec import train_word2vec
from keraslm.vectors.word_vectors import WordVectors

Progress = Callable[[int, int], None]


def train_vectors(
    vocabulary: Vocabulary,
    ids: npt.NDArray[np.integer],
    options: VectorOptions,
    progress: Progress = lambda done, total: None,
    note: Callable[[str], None] = lambda sentence: None,
) -> WordVectors:
    """Train a vector for every word of the text, by falling frequency.

    The ids are those of a text and its vocabulary, as `TextEncoder.learn` gives them.
    Windows end with a line, so the line's end has no vector; `<unk>` has one if the
    text has words that are not in the vocabulary. The same seed gives the same vectors.
    `note` is told what would make training quicker.

    Raises: CorpusError if no line has two words, or all words are the same;
        TrainingError if the vectors grow beyond all bounds.
    """
    counts = np.bincount(ids, minlength=len(vocabulary))
    counts[vocabulary.boundary_id] = 0
    has_vector = np.flatnonzero(counts)
    if len(has_vector) < 2 or not _has_pair(ids, vocabulary.boundary_id):
        raise CorpusError("vectors need a line of two words, and two different words")
    end = vocabulary.boundary_id
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        if options.method == "glove":
            matrix = train_glove(ids, len(counts), end, options, progress)
        else:
            matrix = train_word2vec(ids, counts, end, options, progress, note)
    if not np.isfinite(matrix).all():
        raise TrainingError(
            "the vectors grew beyond all bounds; give a lower learning rate than "
            f"{options.rate}"
        )
    words = [vocabulary.token(number) for number in has_vector.tolist()]
    return WordVectors(words, matrix[has_vector])


def _has_pair(ids: npt.NDArray[np.integer], boundary_id: int) -> bool:
    """Say whether two words stand beside each other."""
    return bool(np.any((ids[1:] != boundary_id) & (ids[:-1] != boundary_id)))
