"""The windows of a text, cut inside TensorFlow's graph."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keraslm.kernels.tensorflow.datasets import AHEAD, without_tuning
from keraslm.text.batches import TextWindows, VariedTextWindows

TOKENS_AT_ONCE = 1 << 20  # that the graph is given; it cuts them into steps


def window_dataset(
    windows: TextWindows, epoch: Callable[[], int], first_step: int = 0
) -> Any:
    """Give the steps of an epoch as a `tf.data.Dataset`, as `TextWindows.step` does.

    It begins at the first step, or at a later one. `epoch` is asked each time that
    varied windows are read from their start.

    Shapes: ids, targets, weights (rows, width); of varied windows, the ids come as a
        table of "ids" and "length" (rows,)
    """
    is_varied = isinstance(windows, VariedTextWindows)
    if not is_varied and len(windows) * windows.full <= TOKENS_AT_ONCE:
        return _of_one_slice(windows, first_step)

    def slices() -> Iterator[tuple[Any, Any]]:
        now, many = epoch(), max(1, TOKENS_AT_ONCE // windows.full)
        for first in range(first_step, len(windows), many):
            steps = range(first, min(first + many, len(windows)))
            columns = np.array([windows.columns(step, now) for step in steps])
            start, stop = columns[0, 0] - 1, columns[-1, 0] + windows.width
            yield columns, windows.ids_between(start, stop)
            windows.release()

    shapes = (
        tf.TensorSpec((None, 2), tf.int64),  # the first column of a step, its length
        tf.TensorSpec((windows.rows, None), tf.int32),
    )

    def steps_of(columns: tf.Tensor, ids: tf.Tensor) -> tf.data.Dataset:
        first = columns[0, 0]
        steps = tf.data.Dataset.from_tensor_slices(columns)
        return steps.map(lambda column: _cut(windows, ids, column, first))

    dataset = tf.data.Dataset.from_generator(slices, output_signature=shapes)
    dataset = dataset.flat_map(steps_of).prefetch(AHEAD)
    count = tf.data.experimental.assert_cardinality(len(windows) - first_step)
    return without_tuning(dataset.apply(count))


def _of_one_slice(windows: TextWindows, first_step: int) -> Any:
    """Give the steps of a short text, of which an epoch begins in a millisecond."""
    ids = tf.constant(windows.ids_between(-1, len(windows) * windows.width))
    zero = tf.constant(0, tf.int64)

    def step(number: tf.Tensor) -> Any:
        column = tf.stack([number * windows.width, windows.width])
        return _cut(windows, ids, column, zero)

    return without_tuning(tf.data.Dataset.range(first_step, len(windows)).map(step))


def _cut(
    windows: TextWindows, ids: tf.Tensor, column: tf.Tensor, first: tf.Tensor
) -> tuple[Any, tf.Tensor, tf.Tensor]:
    """Cut a step out of ids whose first column is the one before `first`."""
    rows, width = windows.rows, windows.width
    start, length = column[0], column[1]
    columns = start + tf.range(width, dtype=tf.int64)
    stop = tf.minimum(start + length, windows.row_length)
    real = (columns < stop) & (windows.row_starts + columns < windows.tokens)
    ids = tf.slice(ids, (0, start - first), (rows, width + 1))
    inputs = tf.where(real, ids[:, :-1], windows.boundary_id)
    targets = tf.where(real, ids[:, 1:], windows.boundary_id)
    weights = tf.cast(real, tf.float32)
    if isinstance(windows, VariedTextWindows):
        length = tf.fill((rows,), tf.cast(length, tf.int32))
        return {"ids": inputs, "length": length}, targets, weights
    return inputs, targets, weights
