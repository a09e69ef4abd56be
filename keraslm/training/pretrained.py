"""The vectors that a run starts from: --embeddings."""

import dataclasses
import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError
from keraslm.text.vocabulary import Vocabulary
from keraslm.training.options import ATTENDING, Configuration
from keraslm.training.reporter import Reporter
from keraslm.vectors.coverage import coverage, initial_rows, word_of
from keraslm.vectors.reader import read_vectors, read_width


@dataclasses.dataclass(frozen=True)
class Pretrained:
    """The rows that an embedding starts from, and where they are from, as JSON.

    Shapes: rows (vocabulary, width)
    """

    rows: npt.NDArray[np.float32]
    source: dict[str, Any]


def identity_of(pretrained: Pretrained | None) -> dict[str, str]:
    """Give what several processes compare, each of which reads a file of its own."""
    if pretrained is None:
        return {}
    return {"vectors (SHA-256)": hashlib.sha256(pretrained.rows.tobytes()).hexdigest()}


def with_width(c: Configuration, asked: Configuration) -> Configuration:
    """Take the width of the vectors from their file: of a transformer, its units.

    Its heads, where none were asked for, are the most up to the default that divide it.
    Raises: UsageError if another width was asked for; UsageError, VectorFileError if
        the file cannot be read.
    """
    if c.embeddings is None:
        return c
    width = read_width(c.embeddings)
    name = "units" if c.model in ATTENDING else "embedding"
    wanted = getattr(asked, name)
    if wanted not in (None, width):
        raise UsageError(
            f"the vectors of {c.embeddings} have {width} numbers; received {name} "
            f"{wanted}: leave it out"
        )
    taken: dict[str, Any] = {name: width}
    if c.model in ATTENDING and asked.heads is None:
        fitting = [n for n in range(1, (c.heads or 1) + 1) if width % (2 * n) == 0]
        taken["heads"] = max(fitting, default=1)
    return dataclasses.replace(c, **taken)


def read_pretrained(
    c: Configuration, vocabulary: Vocabulary, reporter: Reporter
) -> Pretrained | None:
    """Read the vectors of a run's vocabulary and report how many there are.

    Raises: UsageError if no word has one; VectorFileError if the file is malformed.
    """
    if c.embeddings is None:
        return None
    words = {word_of(token) for token in vocabulary.tokens}
    reading = read_vectors(c.embeddings, words, c.skip_bad_lines)
    covered = coverage(reading.vectors, vocabulary)
    for line in (f"{c.embeddings}: {reading}", *covered.notes(), _start(c)):
        reporter.note(line)
    source = {
        "file": c.embeddings,
        "format": reading.format,
        "words": reading.words,
        "bad_lines": reading.bad_lines,
        "coverage": covered.to_dict(),
    }
    rows = initial_rows(reading.vectors, vocabulary, c.seed)
    return Pretrained(rows, source)


def _start(c: Configuration) -> str:
    kept = "; none of them is trained" if c.freeze else ""
    return (
        "tokens without a vector start as normal draws with the mean and the spread "
        f"of the vectors found{kept}"
    )
