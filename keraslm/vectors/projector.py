"""Files for the TensorBoard projector."""

import os
import pathlib

from keraslm.files.destinations import check_file, check_folder
from keraslm.files.marker import PROJECTOR, make_marked
from keraslm.files.writing import write_atomically
from keraslm.vectors.word_vectors import WordVectors

VECTORS = "vectors.tsv"
METADATA = "metadata.tsv"


def write_projector(
    folder: str | os.PathLike[str], vectors: WordVectors
) -> list[pathlib.Path]:
    """Write vectors.tsv, a row of numbers a word, and metadata.tsv, the words.

    Tabs and line ends in a word are written as Python writes them, "\\t" and "\\n".

    Raises: UsageError as check_projector.
    """
    check_projector(folder)
    folder = pathlib.Path(folder)
    make_marked(folder, PROJECTOR)
    row = "\t".join(["%.6g"] * vectors.width)
    numbers = (row % tuple(values) for values in vectors.matrix.tolist())
    words = (on_one_line(word) for word in vectors.words)
    for name, lines in ((VECTORS, numbers), (METADATA, words)):
        with (
            write_atomically(folder / name) as temporary,
            temporary.open("w", encoding="utf-8", newline="\n") as file,
        ):
            file.writelines(f"{line}\n" for line in lines)
    return [folder / VECTORS, folder / METADATA]


def check_projector(folder: str | os.PathLike[str]) -> None:
    """Refuse before any work a folder that is a file, or cannot be written to.

    Raises: UsageError
    """
    check_folder(folder)
    folder = pathlib.Path(folder)
    if folder.is_dir():
        for name in (VECTORS, METADATA):
            check_file(folder / name)


def on_one_line(word: str) -> str:
    """Write a word so that it is seen and breaks no line, a tab as "\\t"."""
    whole = word and all(character.isprintable() for character in word)
    return word if whole else ascii(word)[1:-1]
