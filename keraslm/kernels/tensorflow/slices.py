"""Sums of slices on TensorFlow, read and written as slices.

As a gather of single numbers the same sum and its gradient take four times as long. XLA
reads a slice, and adds to one in place, at the speed of memory. (`tf.slice` would be
compiled anew for every step: to TensorFlow its place is a part of the program.)
"""

import functools
from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.python import xla

from keraslm.kernels.tensorflow.graph import in_own_graph


def tensorflow_sum_of_slices(vector: Any, bases: Any, width: int) -> Any:
    """Do what `portable_sum_of_slices` does; see there for the shapes."""
    vector = tf.convert_to_tensor(vector)
    return in_own_graph(functools.partial(_run, width))(vector, bases)


def _run(width: int, vector: Any, bases: Any) -> Any:
    @tf.custom_gradient
    def run(vector: Any) -> Any:
        def gradient(d_sums: Any) -> Any:
            return _spread(d_sums, bases, vector.shape[0])

        return _sums(vector, bases, width), gradient

    return run(vector)


@tf.function(jit_compile=True)
def _sums(vector: Any, bases: Any, width: int) -> Any:
    """Add up the slices of every row."""
    rows, slices = tf.shape(bases)[0], bases.shape[1]

    def advance(row: Any, written: Any) -> Any:
        starts = [bases[row, f][None] for f in range(slices)]
        parts = [xla.dynamic_slice(vector, start, [width]) for start in starts]
        return row + 1, written.write(row, tf.add_n(parts))

    room = tf.TensorArray(vector.dtype, rows, element_shape=(width,))
    _, written = tf.while_loop(lambda row, _: row < rows, advance, (0, room))
    return written.stack()


@tf.function(jit_compile=True)
def _spread(d_sums: Any, bases: Any, size: int) -> Any:
    """Add every row of the sums' gradient to the slices that it was summed from."""
    slices, width = bases.shape[1], d_sums.shape[1]
    starts = tf.reshape(bases, (-1,))
    count = tf.size(starts)

    def advance(k: Any, total: Any) -> Any:  # one a turn, or XLA copies the whole
        start = starts[k][None]
        part = xla.dynamic_slice(total, start, [width]) + d_sums[k // slices]
        return k + 1, xla.dynamic_update_slice(total, part, start)

    zeros = tf.zeros((size,), d_sums.dtype)
    return tf.while_loop(lambda k, _: k < count, advance, (0, zeros))[1]
