"""Any bytes as a file of vectors: words with finite numbers, or refused."""

import gzip
import struct

import numpy as np
from harness import file_of, fuzz, instrumented

with instrumented():
    from keraslm.vectors.reader import read_vectors

GLOVE = "the 0.5 -1 2e-1\n字 1 2 3\nA -0.25 0 1\n".encode()
WORD2VEC = b"3 3\n" + GLOVE
BINARY = b"2 3\n" + b"".join(
    word + b" " + struct.pack("<3f", 0.5, -1, 2) + b"\n" for word in (b"the", b"A")
)
SEEDS = [
    bytes([how]) + data
    for how, data in enumerate((GLOVE, WORD2VEC, BINARY, gzip.compress(GLOVE)))
]


def check(data: bytes) -> None:
    """Read vectors; the first byte chooses how."""
    how, data = data[0] if data else 0, data[1:]
    with file_of(data, ".bin" if how & 2 else ".txt") as path:
        found = read_vectors(
            path,
            wanted=("The", "a") if how & 4 else None,
            skip_bad_lines=bool(how & 8),
            limit=2 if how & 16 else None,
        )
    assert np.isfinite(found.vectors.matrix).all()


if __name__ == "__main__":
    fuzz(check, SEEDS)
