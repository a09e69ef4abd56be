"""ARPA files: the text format in which count models travel.

    \\data\\
    ngram 1=4

    \\1-grams:
    -0.301  the   -0.125      log10 P(the)          log10 b(the)
    \\end\\

A table is written so that KenLM and SRILM read it; `arpa_reader` reads their files.
References: Stolcke (2002), SRILM's ngram-format(5).
"""

import io
import math
import os
import pathlib
import re
from collections.abc import Iterator

import numpy as np

from keraslm.counts.table import BackoffTable
from keraslm.errors import ModelFileError
from keraslm.files import write_atomically
from keraslm.text.source import DAMAGED_GZIP, opened
from keraslm.text.vocabulary import LINE_START, Vocabulary

NEVER = -99.0
"""How the format writes the logarithm of 0."""
LINE_END = "</s>"
LONGEST_LINE = 1 << 20  # bytes
LARGEST_SHARE = 100  # times, of the unpacked text in the packed file


def is_arpa(path: str | os.PathLike[str]) -> bool:
    """Say whether a file, packed with gzip or not, begins as ARPA files do."""
    try:
        with opened(path) as file:
            start = file.read(1 << 12)
    except (OSError, *DAMAGED_GZIP):
        return False
    return re.match(rb"\s*\\data\\\s", start) is not None


def lines_of(path: str | os.PathLike[str], file: io.BufferedIOBase) -> Iterator[bytes]:
    """Yield the lines of an ARPA file, if it does not unpack like a bomb.

    Raises: ModelFileError for a line of a megabyte, or for much more text than an
        n-gram model packed with gzip can hold.
    """
    left = LARGEST_SHARE * pathlib.Path(path).stat().st_size + LONGEST_LINE
    while line := file.readline(LONGEST_LINE):
        left -= len(line)
        if len(line) == LONGEST_LINE or left < 0:
            raise ModelFileError(
                f"{path} is no ARPA file: it has a line of {LONGEST_LINE:,} bytes, or "
                f"unpacks to more than {LARGEST_SHARE} times its size"
            )
        yield line


def write_arpa(
    path: str | os.PathLike[str], table: BackoffTable, vocabulary: Vocabulary
) -> None:
    """Write a table of n-grams, atomically.

    A token that is white space, as there is at the character level, is written as
    `name_of` says: a space as "▁".
    """
    with (
        write_atomically(path) as temporary,
        temporary.open("w", encoding="utf-8") as file,
    ):
        file.writelines(_lines(table, vocabulary))


def name_of(token: str) -> str:
    """Give a token a name without white space: "▁" for a space, <U+0009> for a tab."""
    if not token.isspace() and token:
        return token
    return "▁" if token == " " else "".join(f"<U+{ord(c):04X}>" for c in token)


def _lines(table: BackoffTable, vocabulary: Vocabulary) -> Iterator[str]:
    levels = table.trie.levels
    names = [name_of(token) for token in vocabulary.tokens]
    names[vocabulary.boundary_id] = LINE_END
    yield "\\data\\\n"
    for n, level in enumerate(levels, start=1):
        yield f"ngram {n}={len(level) + (n == 1)}\n"  # </s> and <s> are two words
    histories = [""]
    for n, level in enumerate(levels, start=1):
        yield f"\n\\{n}-grams:\n"
        last = np.array(names, dtype=object)[level.words]
        grams = [
            f"{histories[history]}{word}"
            for history, word in zip(level.history.tolist(), last, strict=True)
        ]
        log_b = table.log_b[n - 1] if n < len(levels) else None
        yield from _section(grams, table.log_p[n - 1], log_b, n == 1)
        if n == 1:
            grams[vocabulary.boundary_id] = LINE_START
        histories = [f"{gram} " for gram in grams]
    yield "\n\\end\\\n"


def _section(
    grams: list[str], log_p: np.ndarray, log_b: np.ndarray | None, is_first: bool
) -> Iterator[str]:
    """Yield the lines of one order; in the first, `<s>` is a history and no word."""
    p = np.maximum(log_p / math.log(10), NEVER).tolist()
    weights = [""] * len(p)
    if log_b is not None:
        b = np.maximum(log_b / math.log(10), NEVER).tolist()
        weights = [f"\t{weight:.9g}" for weight in b]
    for gram, x, weight in zip(grams, p, weights, strict=True):
        if is_first and gram == LINE_END:
            yield f"{NEVER:g}\t{LINE_START}{weight}\n"
            weight = weight and "\t0"
        yield f"{x:.9g}\t{gram}{weight}\n"
