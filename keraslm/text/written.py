"""Files of results that lie among texts, known by how they begin.

`keraslm embeddings train . --out vectors.txt` puts one into the corpus that it read.
"""

import re

_NUMBER = rb"-?\d+(?:\.\d+)?(?:e[-+]\d+)?"
KINDS = {
    "an ARPA file, not text": re.compile(rb"\s*\\data\\\s*\nngram 1="),
    "a file of word vectors, not text": re.compile(
        rb"\d+ \d+\n\S+(?: " + _NUMBER + rb"){2,}"
    ),
    "a file of word classes, not text": re.compile(rb"(?:[01]+\t\S+\t\d+\n){3}"),
    "a table of counts, not text": re.compile(
        rb"history,[^\n]*\n(?:\"[^\"\n]*\"|[^\",\n]*)(?:,\d+)+\r?\n"
    ),
}


def kind_of_results(head: bytes) -> str | None:
    """Say what a file of results is by its first bytes; None for any other file."""
    return next((kind for kind, start in KINDS.items() if start.match(head)), None)
