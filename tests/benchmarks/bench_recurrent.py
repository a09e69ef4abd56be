"""How fast LSTMs are trained and write: `python tests/benchmarks/bench_recurrent.py`.

Peers in the same run: the same model of stock Keras layers, stateful and compiled by
XLA too, and the share of the speed of a plain matrix product.
"""

import time

import keras
import numpy as np
from timing import seconds

from keraslm.models.build import build
from keraslm.models.language_model import KerasLanguageModel
from keraslm.text import TextEncoder, Vocabulary, tokenizer_named
from keraslm.training.carried import CarriedModel
from keraslm.training.configuration import Configuration
from keraslm.training.defaults import resolve
from keraslm.training.memory import keep_freed_memory
from keraslm.training.optimizers import new_optimizer

LETTERS = 64
ROUNDS = 20
# batch, time, embedding, units, layers
SIZES = ((32, 64, 64, 256, 1), (64, 64, 64, 256, 2))
WRITTEN = 2000  # characters


def multiplications_a_second() -> float:
    """Measure what the machine does at best: a product of two matrices."""
    a = np.ones((2048, 2048), np.float32)
    return 2048**3 / seconds(lambda: a @ a, ROUNDS)


def language_model(embedding: int, units: int, layers: int) -> KerasLanguageModel:
    """Build an LSTM on characters, untrained."""
    letters = "".join(map(chr, range(33, 33 + LETTERS)))
    tokenizer = tokenizer_named("char")
    vocabulary = Vocabulary.build(tokenizer.count([letters]), "char")
    c = Configuration(
        level="char", model="lstm", embedding=embedding, units=units, layers=layers
    )
    model = build(resolve(c), len(vocabulary))
    return KerasLanguageModel(model, TextEncoder(tokenizer, vocabulary), "lstm")


def stock_model(
    vocabulary_size: int, batch: int, embedding: int, units: int, layers: int
) -> keras.Model:
    """Build the same network of Keras's own layers."""
    model = keras.Sequential(
        [
            keras.Input(batch_shape=(batch, None), dtype="int32"),
            keras.layers.Embedding(vocabulary_size, embedding),
            *[
                keras.layers.LSTM(units, return_sequences=True, stateful=True)
                for _ in range(layers)
            ],
            keras.layers.Dense(vocabulary_size),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), loss, jit_compile=True)
    return model


def seconds_of_a_step(model: keras.Model, *data: object) -> float:
    """Give the median time of an update of the weights."""
    return seconds(lambda: model.train_on_batch(*data), ROUNDS)


def main() -> None:
    """Print a line for each size."""
    keep_freed_memory()
    best = multiplications_a_second()
    print(f"matrix product: {2e-9 * best:.0f} GFLOP/s")
    print("layers x units, batch x time: tokens/s trained (share of the product),")
    print("  stock Keras's tokens/s, characters/s written")
    for batch, steps, embedding, units, layers in SIZES:
        ours = language_model(embedding, units, layers)
        size = ours.keras_model.vocabulary_size
        carried = CarriedModel(ours.keras_model, batch)
        carried.compile(
            optimizer=new_optimizer(Configuration(learning_rate=1e-3)), jit_compile=True
        )
        stock = stock_model(size, batch, embedding, units, layers)
        ids = np.random.default_rng(1).integers(2, size, (batch, steps + 1), np.int32)
        x, y, w = ids[:, :-1], ids[:, 1:], np.ones((batch, steps), np.float32)
        tokens = batch * steps
        trained = tokens / seconds_of_a_step(carried, {"ids": x}, y, w)
        peer = tokens / seconds_of_a_step(stock, x, y)
        # forward and backward: three products for each weight matrix
        weights = sum(w.size for w in ours.keras_model.get_weights() if w.ndim == 2)
        share = trained * 3 * (weights - size * embedding) / best
        start = time.perf_counter()
        written = len("".join(ours.generate("A", WRITTEN, seed=1)))
        writing = written / (time.perf_counter() - start)
        print(
            f"{layers} x {units}, {batch} x {steps}: {trained:,.0f} ({share:.0%}), "
            f"{peer:,.0f}, {writing:,.0f}"
        )


if __name__ == "__main__":
    main()
