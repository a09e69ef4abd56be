"""Any JSON as the vocabulary of a model file: one that works, or refused."""

import json

from harness import fuzz, instrumented

with instrumented():
    from keraslm.text.encoder import TextEncoder
    from keraslm.text.tokenizer import tokenizer_named

SEEDS = [
    json.dumps(TextEncoder.learn(tokenizer_named(name), text)[0].to_dict()).encode()
    for name in ("char", "word", "word-marks")
    for text in ("a b a\n", "don't 字, no\n")
]


def check(data: bytes) -> None:
    """Build an encoder, which must give back what it was built of."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return
    encoder = TextEncoder.from_dict(found)
    assert TextEncoder.from_dict(encoder.to_dict()).hash == encoder.hash
    ids = encoder.encode("a b 字\nc")
    encoder.decode(ids.tolist())


if __name__ == "__main__":
    fuzz(check, SEEDS)
