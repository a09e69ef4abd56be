"""Sums of slices of a long vector.

Math:   y_w = sum_f D[b_f + w],   w = 0 .. width - 1
        dD[i] = sum over all rows and f, with 0 <= i - b_f < width, of dy_{i - b_f}
"""

from typing import Any

from keras import ops

from keraslm.kernels.graph import in_tensorflow_graph


def sum_of_slices(vector: Any, bases: Any, width: int) -> Any:
    """Add up the slices that start at some places, a row of places a sum.

    Shapes: vector (size,), bases (rows, slices) -> (rows, width)
    """
    if in_tensorflow_graph():  # eagerly, a few rows are not worth compiling
        from keraslm.kernels.tensorflow.slices import tensorflow_sum_of_slices as add
    else:
        add = portable_sum_of_slices
    return add(vector, bases, width)


def portable_sum_of_slices(vector: Any, bases: Any, width: int) -> Any:
    """Add up slices with `keras.ops` alone; see `sum_of_slices`."""
    vector = ops.convert_to_tensor(vector)
    places = ops.arange(width, dtype="int32")
    slices = [
        ops.take(vector, bases[:, f, None] + places) for f in range(bases.shape[1])
    ]
    return sum(slices[1:], slices[0])
