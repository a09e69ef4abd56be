"""Any bytes as the file of a network: one that predicts, or refused."""

import numpy as np
from archives import packed, unpacked
from harness import file_of, fuzz, instrumented

import keraslm

with instrumented("zipfile"):
    from keraslm.models import trigram
    from keraslm.text.encoder import TextEncoder
    from keraslm.text.tokenizer import tokenizer_named


def seeds() -> list[bytes]:
    """Give a network, as members and as an archive."""
    encoder, _ = TextEncoder.learn(tokenizer_named("char"), "a b a b\na c\n")
    with file_of(b"", ".keras") as path:
        trigram(encoder, embedding=2, hidden=(2,)).save(path)
        return [unpacked(path), path.read_bytes()]


def check(data: bytes) -> None:
    """Open a network and predict with it."""
    with file_of(packed(data), ".keras") as path:
        model = keraslm.load(path)
    assert np.isfinite(model.next_token_probabilities([2])).all()


SEEDS = seeds()

if __name__ == "__main__":
    fuzz(check, SEEDS, longest=1 << 16, seconds_each=60)
