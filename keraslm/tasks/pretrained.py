"""The vectors of words that a task's network starts from: `embeddings`.

A word that the training text lacks, but the vectors have, is known by its vector: so
the first words of the file join the vocabulary.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.tasks.options import TaskOptions
from keraslm.tasks.vocabulary import PADDING, RESERVED
from keraslm.text.vocabulary import UNKNOWN
from keraslm.training.reporter import Reporter
from keraslm.vectors.coverage import coverage, initial_rows
from keraslm.vectors.reader import read_vectors

MORE_WORDS = 20_000  # of the file, whose first words are the most frequent


@dataclasses.dataclass(frozen=True)
class Counted:
    """Words with their counts, behind the two that are reserved."""

    tokens: Sequence[str]
    counts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.tokens)


def more_words(o: TaskOptions) -> tuple[str, ...]:
    """Give the first words of the file of vectors, if the options name one.

    Raises: UsageError, VectorFileError if the file cannot be read.
    """
    if o.embeddings is None:
        return ()
    reading = read_vectors(o.embeddings, None, o.skip_bad_lines, MORE_WORDS)
    return tuple(w for w in reading.vectors.words if w not in (PADDING, UNKNOWN))


def first_rows(
    o: TaskOptions,
    known: Sequence[str],
    words: Iterable[str],
    reporter: Reporter,
) -> npt.NDArray[np.float32] | None:
    """Give the rows that an embedding starts from, and report what the text has.

    `known` are the words with a row, behind the two that are reserved; `words` are
    those of the training text.
    Shapes: -> (known, width)
    Raises: UsageError if no word of the text has a vector; VectorFileError.
    """
    if o.embeddings is None:
        return None
    reading = read_vectors(o.embeddings, set(known), o.skip_bad_lines)
    counts = Counter(words)
    seen = [word for word in known[RESERVED:] if counts[word]]
    numbers = np.array([0] * RESERVED + [counts[word] for word in seen])
    covered = coverage(reading.vectors, Counted([*known[:RESERVED], *seen], numbers))
    kept = "; none of them is trained" if o.freeze else ""
    for line in (f"{o.embeddings}: {reading}{kept}", *covered.notes()):
        reporter.note(line)
    everything = Counted(known, np.zeros(len(known), np.int64))
    return initial_rows(reading.vectors, everything, o.seed)


def start_from_vectors(
    embedding: Any,
    o: TaskOptions,
    known: Sequence[str],
    words: Iterable[str],
    reporter: Reporter,
) -> None:
    """Let an embedding of Keras start from vectors, if the options name their file.

    Raises: as `first_rows`.
    """
    rows = first_rows(o, known, words, reporter)
    if rows is not None:
        embedding.set_weights([rows])
        embedding.trainable = not o.freeze
