"""How fast text is counted and encoded: `python tests/benchmarks/bench_text.py [FILE]`.

Without a file, ten megabytes of English-like words are made up: 50,000 different ones,
the r-th with a frequency of 1/r (Zipf's law), some capitalised, with punctuation.
"""

import sys

import numpy as np
from timing import ROUNDS, seconds

from keraslm.text import Text, TextEncoder, Vocabulary, open_text, tokenizer_named

LETTERS = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))


def made_up_text(characters: int = 10_000_000, types: int = 50_000) -> Text:
    """Words by Zipf's law in lines of twelve."""
    rng = np.random.default_rng(1)
    lengths = rng.integers(2, 11, types)
    words = ["".join(rng.choice(LETTERS, length)) for length in lengths]
    words[::7] = [word.capitalize() for word in words[::7]]
    words[::11] = [word + "," for word in words[::11]]
    chances = 1 / np.arange(1, types + 1)
    drawn = rng.choice(types, characters // 7, p=chances / chances.sum())
    lines = [
        " ".join(words[i] for i in line) for line in np.array_split(drawn, 120_000)
    ]
    return Text.from_string("\n".join(lines))


def main() -> None:
    """Print a line for each tokenizer."""
    text = open_text(sys.argv[1]) if len(sys.argv) > 1 else made_up_text()
    megabytes = text.bytes / 1e6
    print(f"{megabytes:.1f} MB; MB/s, median of {ROUNDS}")
    for name in ("char", "word", "word-marks"):
        tokenizer = tokenizer_named(name)
        counter = tokenizer.count(text.chunks())
        vocabulary = Vocabulary.build(counter, tokenizer.level, size=50_000)
        encoder = TextEncoder(tokenizer, vocabulary)
        counting = megabytes / seconds(lambda t=tokenizer: t.count(text.chunks()))
        encoding = megabytes / seconds(lambda e=encoder: e.encode(text))
        print(f"{name:10}  count {counting:6.1f}  encode {encoding:6.1f}")


if __name__ == "__main__":
    main()
