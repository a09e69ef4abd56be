"""Random numbers within a compiled step."""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

import keras

_ROWS: contextvars.ContextVar[tuple[Any, int] | None] = contextvars.ContextVar(
    "rows", default=None
)


@contextlib.contextmanager
def rows_of(first: Any, batch: int) -> Iterator[None]:
    """Let `uniform_rows` draw for some rows of a batch, from the first on."""
    token = _ROWS.set((first, batch))
    try:
        yield
    finally:
        _ROWS.reset(token)


def uniform_rows(shape: Any, seeds: keras.random.SeedGenerator) -> Any:
    """Draw numbers in [0, 1) for rows, the same ones however a batch is divided.

    Shapes: (rows, ...)
    """
    part = _ROWS.get()
    if part is None:
        return uniform(shape, seeds)
    first, batch = part
    return rows_from(first, shape[0], uniform((batch, *shape[1:]), seeds))


def rows_from(first: Any, rows: int, x: Any) -> Any:
    """Give some rows of a tensor, from the first on, which may be known later.

    Shapes: (batch, ...) -> (rows, ...)
    """
    start = (first, *(0 for _ in x.shape[1:]))
    return keras.ops.slice(x, start, (rows, *x.shape[1:]))


def uniform(shape: Any, seeds: keras.random.SeedGenerator) -> Any:
    """Draw numbers in [0, 1).

    TensorFlow's generator of choice, Threefry, is a hundred times slower than Philox
    where XLA compiles it for a CPU: half a second for a million numbers.
    References: Salmon, Moraes, Dror & Shaw (2011), both.
    """
    if keras.backend.backend() != "tensorflow":
        return keras.random.uniform(shape, seed=seeds)
    import tensorflow as tf

    seed = tf.cast(seeds.next(), tf.int32)
    return tf.random.stateless_uniform(shape, seed, alg="philox")
