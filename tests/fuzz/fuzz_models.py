"""Any bytes as the file of a count model: one that scores and writes, or refused."""

import numpy as np
from archives import packed, unpacked
from harness import file_of, fuzz, instrumented

with instrumented("zipfile"):
    from keraslm.counts.model import NgramModel
    from keraslm.text.encoder import TextEncoder
    from keraslm.text.tokenizer import tokenizer_named


def seeds() -> list[bytes]:
    """Give models of two smoothings, as members and as an archive."""
    encoder, ids = TextEncoder.learn(tokenizer_named("char"), "a b a b\na c\n")
    found = []
    for smoothing in ("additive", "witten-bell"):
        with file_of(b"", ".keras") as path:
            NgramModel.train(encoder, ids, 2, smoothing).save(path)
            found += [unpacked(path), path.read_bytes()]
    return found


def check(data: bytes) -> None:
    """Open a model, score a text with it and let it write."""
    with file_of(packed(data), ".keras") as path:
        model = NgramModel.load(path)
    assert not np.isnan(model.score("a b\nb c\n").log_probabilities).any()
    "".join(model.generate(length=5, seed=0))


SEEDS = seeds()

if __name__ == "__main__":
    fuzz(check, SEEDS)
