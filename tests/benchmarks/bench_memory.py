"""Does training leak? `python tests/benchmarks/bench_memory.py [STEPS]`.

Resident memory is read ten times while a tiny LSTM is trained step by step. After the
first fifth, when everything is compiled and allocated, it should stay where it is.
"""

import os
import pathlib
import sys

import numpy as np

from keraslm.models import CausalLM
from keraslm.text import TextEncoder, Vocabulary, tokenizer_named
from keraslm.training.encoded import Encoded
from keraslm.training.fit import compile_model, new_windows
from keraslm.training.network import build
from keraslm.training.options import Configuration, resolve

READINGS = 10
SIZE = 30
ALLOWED = 0.05  # growth after the warm-up


def main() -> None:
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    model, c, train = _tiny()
    windows = new_windows(c, train, model.tokens)
    compile_model(model, c, windows)
    readings = []
    for number in range(steps):
        model.train_on_batch(*windows[number % len(windows)], return_dict=True)
        if number % 50 == 0:
            model.language_model.log_probabilities(train.ids[:50])
            model.generate(length=20, seed=number)
        if (number + 1) % (steps // READINGS) == 0:
            readings.append(_resident())
            print(f"step {number + 1:>6}  {readings[-1] / 2**20:8.1f} MB")
    growth = readings[-1] / readings[READINGS // 5 - 1] - 1
    print(f"after warm-up: {growth:+.2%} (at most {ALLOWED:.0%})")
    sys.exit(growth > ALLOWED)


def _tiny() -> tuple[CausalLM, Configuration, Encoded]:
    c = resolve(
        Configuration(model="lstm", level="char", units=8, embedding=4, batch_size=8)
    )
    tokens = ["<unk>", "\n", *map(chr, range(97, 97 + SIZE - 2))]
    encoder = TextEncoder(tokenizer_named("char"), Vocabulary(tokens))
    ids = np.random.default_rng(1).integers(1, SIZE, 20_000).astype(np.uint16)
    return build(c, encoder), c, Encoded(ids, len(ids))


def _resident() -> int:
    """Read the resident memory of this process, in bytes (Linux)."""
    pages = pathlib.Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
