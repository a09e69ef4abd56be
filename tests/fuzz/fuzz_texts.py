"""Any bytes as a text: decoded, cut, made tokens, or refused."""

import gzip

from harness import file_of, fuzz, instrumented

with instrumented():
    from keraslm.text.corpus import open_corpus
    from keraslm.text.encoder import TextEncoder
    from keraslm.text.tokenizer import tokenizer_named

ENCODINGS = ("utf-8", "utf-16", "latin-1", "gb18030")
TOKENIZERS = ("char", "word", "word-marks")
TEXT = "Ein Bär, 字 and naïve\u2028<unk> </s>\r\nlines.\n" * 4
SEEDS = [
    bytes([number]) + pack(TEXT.encode(encoding, "ignore"))
    for number, encoding in enumerate(ENCODINGS)
    for pack in (bytes, gzip.compress)
]


def check(data: bytes) -> None:
    """Read a text; its first byte chooses how."""
    how, data = data[0] if data else 0, data[1:]
    tokenizer = tokenizer_named(TOKENIZERS[how // 4 % 3])
    with file_of(data, ".gz" if how & 64 else ".txt") as path:
        corpus = open_corpus(path, ENCODINGS[how % 4], chunk_size=64 + how)
        encoder, ids = TextEncoder.learn(tokenizer, corpus.train)
        assert encoder.encode(corpus.train).tolist() == ids.tolist()
        encoder.decode(ids.tolist())


if __name__ == "__main__":
    fuzz(check, SEEDS)
