"""How fast LSTMs are trained, measured and write: `make bench`.

On JAX or torch, and on a GPU if there is one (`make test-backends` installs both):
`KERAS_BACKEND=torch .venv-backends/bin/python tests/benchmarks/bench_recurrent.py`.

Peers in the same run: the same network of stock Keras layers, compiled by XLA and as a
graph, the quicker of the two; torch's nn.LSTM, where `make test-backends` has installed
torch or TORCH_PYTHON names a Python that has it; the speed of a plain matrix product.
"""

import os
import pathlib
import subprocess
import time
from typing import NamedTuple
from unittest import mock

import keras
import numpy as np
from timing import seconds

from keraslm import Windows
from keraslm.models.language_model import KerasLanguageModel
from keraslm.text import TextEncoder, Vocabulary, tokenizer_named
from keraslm.training.memory import keep_freed_memory
from keraslm.training.network import build
from keraslm.training.optimizers import new_optimizer
from keraslm.training.options import Configuration, resolve
from keraslm.training.precision import usual_precision

ROUNDS = 10
TURNS = 3  # beside torch, each on its turn, since a shared machine is never the same
WRITTEN = 2000  # characters
STREAMS = 64
MEASURED = 200_000  # characters
FITTED, STEPS = 2**15, 64  # tokens of an epoch and its steps, at least
AT_ONCE = (1, 8)  # steps an execution
COMPILED = {"tensorflow": (True, False), "jax": (True,), "torch": (False,)}
CELLS = {
    "rnn": keras.layers.SimpleRNN,
    "gru": keras.layers.GRU,
    "lstm": keras.layers.LSTM,
}
HERE = pathlib.Path(__file__).parent
TORCH = os.environ.get("TORCH_PYTHON", HERE / "../../.venv-backends/bin/python")


class Size(NamedTuple):
    """A network and its window."""

    cell: str
    vocabulary: int
    embedding: int
    units: int
    layers: int
    batch: int
    time: int

    @property
    def tokens(self) -> int:
        """The tokens of a step."""
        return self.batch * self.time


WORDS = Size("lstm", 10_000, 200, 200, 2, 20, 35)
CHARACTERS = Size("lstm", 65, 64, 256, 2, 64, 100)
DEFAULT = Size("lstm", 65, 64, 256, 1, 32, 32)
LONG = Size("lstm", 65, 64, 448, 1, 32, 64)  # of `laptop-char-long`
SMALL = Size("lstm", 65, 64, 64, 1, 4, 16)
OTHERS = [
    Size(cell, 65, 64, units, layers, batch, steps)
    for cell in CELLS
    for layers, units, batch, steps in (
        (1, 256, 1, 64),
        (1, 256, 32, 32),
        (2, 256, 16, 64),
        (4, 128, 32, 32),
        (1, 256, 256, 32),
    )
]


def multiplications_a_second() -> float:
    """Measure what the machine does at best: a product of two matrices."""
    a = np.ones((2048, 2048), np.float32)
    return 2048**3 / seconds(lambda: a @ a, ROUNDS)


def configuration(size: Size) -> Configuration:
    """Describe a network without dropout."""
    c = Configuration(
        level="char",
        optimizer="adam",
        model=size.cell,
        embedding=size.embedding,
        units=size.units,
        layers=size.layers,
        learning_rate=1e-3,
    )
    return resolve(c)


def stock_model(size: Size, compiled: bool) -> keras.Model:
    """Build the same network of Keras's own layers.

    On torch it does not carry its state: Keras's gradient fails there.
    """
    cell, carries = CELLS[size.cell], keras.backend.backend() != "torch"
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(size.batch, None), dtype="int32"),
            keras.layers.Embedding(size.vocabulary, size.embedding),
            *[
                cell(size.units, return_sequences=True, stateful=carries)
                for _ in range(size.layers)
            ],
            keras.layers.Dense(size.vocabulary),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(1e-3, global_clipnorm=1.0)
    model.compile(optimizer, loss, jit_compile=compiled)
    return model


def batch_of(size: Size) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw random ids, and what follows each."""
    shape = (size.batch, size.time + 1)
    ids = np.random.default_rng(1).integers(2, size.vocabulary, shape, np.int32)
    return ids[:, :-1], ids[:, 1:], np.ones((size.batch, size.time), np.float32)


def ours(size: Size, precision: str) -> tuple[float, float]:
    """Give tokens a second, and the seconds of the first step."""
    c = configuration(size)
    model = build(c, size.vocabulary)
    model.compile(new_optimizer(c), weighted_metrics=None, precision=precision)
    x, y, weights = batch_of(size)
    start = time.perf_counter()
    model.train_on_batch(x, y, weights)
    first = time.perf_counter() - start
    step = seconds(lambda: model.train_on_batch(x, y, weights), ROUNDS)
    return size.tokens / step, first


def stock(size: Size) -> float:
    """Give the tokens a second of stock Keras, compiled as it is quicker."""
    x, y, _ = batch_of(size)
    taken = []
    for compiled in COMPILED[keras.backend.backend()]:
        model = stock_model(size, compiled)
        model.train_on_batch(x, y)
        taken.append(seconds(lambda m=model: m.train_on_batch(x, y), ROUNDS))
    return size.tokens / min(taken)


def torch(size: Size) -> float:
    """Give the tokens a second of torch; nan where it is not installed."""
    if not pathlib.Path(TORCH).exists():
        return float("nan")
    sizes = map(str, size[1:])
    command = [TORCH, HERE / "torch_peer.py", *sizes]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def encoder_of(size: Size) -> TextEncoder:
    """Give a vocabulary of the characters from `!` on."""
    letters = "".join(map(chr, range(33, 33 + size.vocabulary - 2)))
    tokenizer = tokenizer_named("char")
    vocabulary = Vocabulary.build(tokenizer.count([letters]), "char")
    return TextEncoder(tokenizer, vocabulary)


def language_model(size: Size) -> KerasLanguageModel:
    """Build a network on characters, untrained."""
    return build(configuration(size), encoder_of(size)).language_model


def fitted(size: Size, at_once: int, precision: str) -> float:
    """Give the tokens a second of an epoch of `fit` over Windows, state carried."""
    c, encoder = configuration(size), encoder_of(size)
    model = build(c, encoder)
    model.compile(
        new_optimizer(c),
        weighted_metrics=None,
        steps_per_execution=at_once,
        precision=precision,
    )
    rng = np.random.default_rng(1)
    tokens = max(FITTED, STEPS * size.tokens)
    steps = AT_ONCE[-1] * -(-tokens // (AT_ONCE[-1] * size.tokens))
    ids = rng.integers(2, len(encoder.vocabulary), steps * size.tokens, np.int32)
    windows = Windows(ids, encoder, size.batch, size.time)
    model.fit(windows, verbose=0)  # compiles
    return windows.tokens / seconds(lambda: model.fit(windows, verbose=0), 3)


def print_fit(size: Size) -> None:
    """Print how fast whole epochs are fitted beside torch's steps, medians of turns."""
    usual, (single, several) = usual_precision(), AT_ONCE
    taken = [
        (
            fitted(size, single, usual),
            in_one_program(size, usual),
            fitted(size, several, usual),
            fitted(size, single, "float32"),
            in_one_program(size, "float32"),
            torch(size),
        )
        for _ in range(TURNS)
    ]
    found, whole, at_once, exact, exact_whole, torch_ = np.median(taken, axis=0)
    print(
        f"fit, {size.layers} x {size.units} {size.cell}, V {size.vocabulary:,}, "
        f"{size.batch} x {size.time}: {found:,.0f} tokens/s, in one program "
        f"{whole:,.0f} ({found / whole:.2f}), {several} steps an execution "
        f"{at_once:,.0f}; in float32 {exact:,.0f}, in one program {exact_whole:,.0f} "
        f"({exact / exact_whole:.2f}); torch {torch_:,.0f} ({found / torch_:.2f})",
        flush=True,
    )


def in_one_program(size: Size, precision: str) -> float:
    """Give the tokens a second of `fitted` without halves; see `models.halves`."""
    if keras.backend.backend() != "tensorflow":
        return float("nan")
    from keraslm.kernels.tensorflow import halves

    with mock.patch.object(halves, "two_are_faster", lambda: False):
        return fitted(size, AT_ONCE[0], precision)


def print_training(size: Size, best: float, peer: bool) -> None:
    """Print a line of training speeds; beside torch, medians of turns.

    Ours are in the precision that a run has on this machine, and in float32.
    """
    taken = [
        (
            *ours(size, usual_precision()),
            ours(size, "float32")[0],
            stock(size),
            torch(size) if peer else float("nan"),
        )
        for _ in range(TURNS if peer else 1)
    ]
    found, first, exact, keras_, torch_ = np.median(taken, axis=0)
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[size.cell]
    inputs = size.embedding + (2 * size.layers - 1) * size.units
    weights = gates * size.units * inputs + size.units * size.vocabulary
    share = 3 * weights * found / best  # forward, and backward two products
    print(
        f"{size.layers} x {size.units} {size.cell}, V {size.vocabulary:,}, "
        f"{size.batch} x {size.time}: {found:,.0f} tokens/s ({share:.0%} of the "
        f"product; first step {first:.1f} s), in float32 {exact:,.0f}; stock Keras "
        f"{keras_:,.0f} ({found / keras_:.2f}), torch {torch_:,.0f} "
        f"({found / torch_:.2f})",
        flush=True,
    )


def print_reading_and_writing(size: Size) -> None:
    """Print how fast a text is measured, and how fast one and many are written."""
    model = language_model(size)
    rng = np.random.default_rng(0)
    ids = rng.integers(2, model.keras_model.vocabulary_size, MEASURED)
    model.log_probabilities(ids)  # compiles
    measured = MEASURED / seconds(lambda: model.log_probabilities(ids), 3)
    one = seconds(lambda: "".join(model.generate("A", WRITTEN, seed=1)), 3)
    seeds = range(STREAMS)
    short, long = (
        STREAMS * length / seconds(lambda n=length: model.generate_many(seeds, "A", n))
        for length in (WRITTEN // 10, WRITTEN)
    )
    print(
        f"{size.layers} x {size.units} {size.cell}: {measured:,.0f} characters/s "
        f"measured, {WRITTEN / one:,.0f} written, {short:,.0f} in {STREAMS} texts of "
        f"{WRITTEN // 10}, {long:,.0f} in {STREAMS} of {WRITTEN:,}",
        flush=True,
    )


def main() -> None:
    """Print a line for each size."""
    keep_freed_memory()
    best = multiplications_a_second()
    print(f"matrix product: {2e-9 * best:.0f} GFLOP/s; training in {usual_precision()}")
    for size in (WORDS, CHARACTERS, DEFAULT):
        print_training(size, best, peer=True)
    for size in (SMALL, DEFAULT, LONG, CHARACTERS, WORDS):
        print_fit(size)
    for size in (DEFAULT, CHARACTERS):
        print_reading_and_writing(size)
    for size in OTHERS:
        if size != DEFAULT:
            print_training(size, best, peer=False)


if __name__ == "__main__":
    main()
