"""Vectors on the command line: a model's, or those of a file."""

import pathlib
import zipfile
from typing import TYPE_CHECKING

from keraslm.errors import UsageError

if TYPE_CHECKING:
    from keraslm.vectors.word_vectors import WordVectors

SOURCE_HELP = (
    "VECTORS is a model, its folder RUN, or a file of vectors: word2vec's, fastText's "
    "or GloVe's."
)


def open_vectors(name: str) -> "WordVectors":
    """Open the vectors of a model or of a file; what the file holds tells which.

    Raises: UsageError if there is no such file, or the model has no vectors;
        KeraslmError for a file that cannot be read.
    """
    path = pathlib.Path(name)
    if not path.exists():
        raise UsageError(f"there is no model and no file of vectors {name!r}")
    if not _is_model(path):
        return _read(path)
    import keraslm
    from keraslm.models.vectors import vectors_of

    return vectors_of(keraslm.load(name))


def _is_model(path: pathlib.Path) -> bool:
    from keraslm.archive import DESCRIPTION
    from keraslm.counts.arpa import is_arpa

    if path.is_dir() or is_arpa(path):
        return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return DESCRIPTION in archive.namelist()


def _read(path: pathlib.Path) -> "WordVectors":
    """Read a file of vectors in word2vec's text format."""
    import numpy as np

    from keraslm.vectors.word_vectors import WordVectors

    with path.open(encoding="utf-8") as file:
        rows = [line.rstrip("\n").split(" ") for line in file][1:]
    matrix = np.array([row[1:] for row in rows], np.float32)
    return WordVectors([row[0] for row in rows], matrix)
