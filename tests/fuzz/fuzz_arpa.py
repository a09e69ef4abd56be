"""Any bytes as an ARPA file: a model that scores and writes, or refused."""

import gzip

import numpy as np
from harness import file_of, fuzz, instrumented

with instrumented():
    from keraslm.counts.model import NgramModel

GOOD = b"""\\data\\
ngram 1=5
ngram 2=3

\\1-grams:
-1.5\t<unk>
-99\t<s>\t-0.3
-0.7\t</s>
-0.5\ta\t-0.2
-0.9\tb\t-0.4

\\2-grams:
-0.2\t<s> a
-0.1\ta b
-0.3\tb </s>

\\end\\
"""
UNIGRAMS = b"""\\data\\
ngram 1=3

\\1-grams:
-1.5 <unk>
-0.7 </s>
-0.5 a

\\end\\
"""
SEEDS = [GOOD, gzip.compress(GOOD), UNIGRAMS]


def check(data: bytes) -> None:
    """Read a model, score a text with it and let it write."""
    with file_of(data, ".arpa") as path:
        model = NgramModel.read_arpa(path)
    assert not np.isnan(model.score("a b\nb c\n").log_probabilities).any()
    "".join(model.generate(length=5, seed=0))


if __name__ == "__main__":
    fuzz(check, SEEDS)
