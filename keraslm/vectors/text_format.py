"""Vector files that other programs read: word2vec's text format."""

import os

from keraslm.files.writing import write_atomically
from keraslm.vectors.word_vectors import WordVectors


def write_vectors(path: str | os.PathLike[str], vectors: WordVectors) -> None:
    """Write a line with the number of words and the width, then a line a word.

    Each line has the word and its numbers with spaces between, as gensim and fastText
    read them; GloVe's files are the same without the first line. Numbers have 6 digits.
    """
    with (
        write_atomically(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.write(f"{len(vectors)} {vectors.width}\n")
        row = " ".join(["%.6g"] * vectors.width)
        for word, numbers in zip(vectors.words, vectors.matrix.tolist(), strict=True):
            file.write(f"{word} {row % tuple(numbers)}\n")
