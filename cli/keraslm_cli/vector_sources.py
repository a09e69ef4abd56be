"""Vectors on the command line: a model's, or those of a file."""

import pathlib
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import completion, console

if TYPE_CHECKING:
    from keraslm.vectors.word_vectors import WordVectors

SOURCE_HELP = (
    "VECTORS is a model, its folder RUN, or a file of vectors: word2vec's, fastText's "
    "or GloVe's."
)


def vectors_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the argument VECTORS, and an option for malformed files."""
    skips = click.option(
        "--skip-bad-lines", is_flag=True, help="Leave out malformed lines of a file."
    )
    return click.argument("vectors", shell_complete=completion.files)(skips(function))


def open_vectors(name: str, skip_bad_lines: bool) -> "WordVectors":
    """Open the vectors of a model or of a file; what the file holds tells which.

    The user is told how many bad lines were left out.

    Raises: UsageError if there is no such file, or the model has no vectors;
        ModelFileError, VectorFileError for a file that is damaged.
    """
    if _is_model(pathlib.Path(name)):
        from keraslm.inference.token_vectors import vectors_of
        from keraslm.loading import load

        return vectors_of(load(name))
    from keraslm.vectors.reader import read_vectors

    reading = read_vectors(name, skip_bad_lines=skip_bad_lines)
    if reading.bad_lines:
        console.note(f"{name}: {reading}")
    return reading.vectors


def _is_model(path: pathlib.Path) -> bool:
    """Say whether a path is a folder, counts, or an archive of a Keras model."""
    from keraslm.counts.arpa_lines import is_arpa
    from keraslm.files.archive import CONFIG, DESCRIPTIONS

    if path.is_dir() or (path.is_file() and is_arpa(path)):
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return not {CONFIG, *DESCRIPTIONS}.isdisjoint(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
