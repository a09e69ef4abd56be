"""Any bytes as the file of a count model: one that scores and writes, or refused."""

import contextlib

import numpy as np
from archives import packed, unpacked
from harness import file_of, fuzz, instrumented

with instrumented("zipfile"):
    from keraslm.counts.model import NgramModel
    from keraslm.errors import ModelFileError
    from keraslm.text.encoder import TextEncoder
    from keraslm.text.tokenizer import tokenizer_named


def seeds() -> list[bytes]:
    """Give models of two smoothings and a quantised one, as members and archive."""
    encoder, ids = TextEncoder.learn(tokenizer_named("char"), "a b a b\na c\n")
    found = []
    for smoothing in ("additive", "witten-bell"):
        with file_of(b"", ".keras") as path:
            model = NgramModel.train(encoder, ids, 2, smoothing)
            model.save(path)
            found += [unpacked(path), path.read_bytes()]
    with file_of(b"", ".keras") as path:
        model.quantized(2).save(path)
        found += [unpacked(path), path.read_bytes()]
    return found


def check(data: bytes) -> None:
    """Open a model, score a text with it and let it write."""
    with file_of(packed(data), ".keras") as path:
        mapped = NgramModel.load(path, mapped=True)
        with contextlib.suppress(ModelFileError):  # damage that it comes upon
            _ask(mapped)
        _ask(NgramModel.load(path, mapped=False))


def _ask(model: NgramModel) -> None:
    assert not np.isnan(model.score("a b\nb c\n").log_probabilities).any()
    "".join(model.generate(length=5, seed=0))


SEEDS = seeds()

if __name__ == "__main__":
    fuzz(check, SEEDS)
