"""ARPA files: the text format in which count models travel.

    \\data\\
    ngram 1=4

    \\1-grams:
    -0.301  the   -0.125      log10 P(the)          log10 b(the)
    \\end\\

A table is written so that KenLM and SRILM read it; `arpa_reader` reads their files.
References: Stolcke (2002), SRILM's ngram-format(5).
"""

import math
import os
import re
from collections.abc import Iterator

import numpy as np

from keraslm.counts.table import BackoffTable
from keraslm.files.writing import write_atomically
from keraslm.text.encoder import TextEncoder
from keraslm.text.vocabulary import LINE_START, UNKNOWN
from keraslm.text.words import WordTokenizer

NEVER = -99.0
"""How the format writes the logarithm of 0."""
LINE_END = "</s>"
TOKENIZER = rb"# keraslm tokenizer: ([a-z-]{1,20})"
"""The comment that says how a text becomes these tokens, if not as words."""
SPACE, ESCAPE = "▁", re.compile("<U\\+([0-9A-F]{4})>")


def write_arpa(
    path: str | os.PathLike[str], table: BackoffTable, encoder: TextEncoder
) -> None:
    """Write a table of n-grams, atomically.

    Tokens that are not the words between white space get names without white space, as
    `name_of` says, and a comment before the file's first line says so to `read_arpa`.
    """
    name = encoder.tokenizer.name
    with (
        write_atomically(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as file,
    ):
        if name != WordTokenizer.name:
            file.write(f"# keraslm tokenizer: {name}\n")
        file.writelines(_lines(table, _names(encoder), encoder.vocabulary.boundary_id))


def name_of(token: str) -> str:
    """Give a token a name without white space: "▁" for a space, <U+0009> for a tab.

    "▁" itself is <U+2581>, so that every name is of one token.
    """
    if token == " ":
        return SPACE
    return "".join(
        f"<U+{ord(c):04X}>" if c.isspace() or token == SPACE else c for c in token
    )


def token_of(name: str) -> str:
    """Give the token that a name is of; other programs' <space> is a space, too."""
    if name in (SPACE, "<space>"):
        return " "
    return ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), name)


def _names(encoder: TextEncoder) -> list[str]:
    """Give the tokens' names by id; words between white space are their own."""
    tokens = encoder.vocabulary.tokens
    if encoder.tokenizer.name == WordTokenizer.name:
        return list(tokens)
    return [UNKNOWN, LINE_END, *map(name_of, tokens[2:])]


def _lines(table: BackoffTable, names: list[str], boundary: int) -> Iterator[str]:
    levels = table.trie.levels
    yield "\\data\\\n"
    for n, level in enumerate(levels, start=1):
        yield f"ngram {n}={len(level) + (n == 1)}\n"  # </s> and <s> are two words
    histories = [""]
    for n, level in enumerate(levels, start=1):
        yield f"\n\\{n}-grams:\n"
        last = np.array(names, dtype=object)[np.asarray(level.words)]
        grams = [
            f"{histories[history]}{word}"
            for history, word in zip(level.history.tolist(), last, strict=True)
        ]
        log_b = table.log_b[n - 1] if n < len(levels) else None
        yield from _section(grams, np.asarray(table.log_p[n - 1]), log_b, n == 1)
        if n == 1:
            grams[boundary] = LINE_START
        histories = [f"{gram} " for gram in grams]
    yield "\n\\end\\\n"


def _section(
    grams: list[str], log_p: np.ndarray, log_b: np.ndarray | None, is_first: bool
) -> Iterator[str]:
    """Yield the lines of one order; in the first, `<s>` is a history and no word."""
    p = _to_base_10(log_p)
    weights = [""] * len(p)
    if log_b is not None:
        weights = [f"\t{weight:.9g}" for weight in _to_base_10(np.asarray(log_b))]
    for gram, x, weight in zip(grams, p, weights, strict=True):
        if is_first and gram == LINE_END:
            yield f"{NEVER:g}\t{LINE_START}{weight}\n"
            weight = weight and "\t0"
        yield f"{x:.9g}\t{gram}{weight}\n"


def _to_base_10(nats: np.ndarray) -> list[float]:
    numbers: list[float] = np.where(
        nats == -math.inf, NEVER, nats / math.log(10)
    ).tolist()
    return numbers
