"""Products of groups with their class's matrix on TensorFlow, a group at a time.

A matrix fetched for every group, and its gradient, would be larger than the matrices
of all classes. XLA reads a class's matrix where it lies, and adds to one in place.
"""

from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.python import xla

from keraslm.kernels.tensorflow.graph import in_own_graph


def tensorflow_group_products(table: Any, kernel: Any, of_group: Any, used: Any) -> Any:
    """Do what `group_products` does; see there for the shapes."""
    kernel = tf.convert_to_tensor(kernel)
    return in_own_graph(_run)(table, kernel, of_group, used)


def _run(table: Any, kernel: Any, of_group: Any, used: Any) -> Any:
    @tf.custom_gradient
    def run(table: Any, kernel: Any) -> Any:
        def gradient(d_products: Any) -> Any:
            return _gradients(d_products, table, kernel, of_group, used)

        return _products(table, kernel, of_group, used), gradient

    return run(table, kernel)


@tf.function(jit_compile=True)
def _products(table: Any, kernel: Any, of_group: Any, used: Any) -> Any:
    """Compute Y_g of one group after another."""

    def advance(g: Any, products: Any) -> Any:
        product = tf.matmul(_at(table, g), _at(kernel, of_group[g]), transpose_b=True)
        return g + 1, _put(products, g, product)

    groups, tokens, _ = tf.unstack(tf.shape(table))
    zeros = tf.zeros((groups, tokens, kernel.shape[1]), table.dtype)
    return tf.while_loop(lambda g, _: g < used, advance, (0, zeros))[1]


@tf.function(jit_compile=True)
def _gradients(
    d_products: Any, table: Any, kernel: Any, of_group: Any, used: Any
) -> tuple[Any, Any]:
    """Compute dX_g = dY_g K, and add dY_g^T X_g to dK of the group's class."""

    def advance(g: Any, d_table: Any, d_kernel: Any) -> Any:
        d, own = _at(d_products, g), of_group[g]
        d_table = _put(d_table, g, tf.matmul(d, _at(kernel, own)))
        more = tf.matmul(d, _at(table, g), transpose_a=True)
        return g + 1, d_table, _put(d_kernel, own, _at(d_kernel, own) + more)

    start = (0, tf.zeros_like(table), tf.zeros_like(kernel))
    return tf.while_loop(lambda g, *_: g < used, advance, start)[1:]


def _at(matrices: Any, number: Any) -> Any:
    """Give one of many matrices.

    Shapes: (many, rows, columns) -> (rows, columns)
    """
    sizes = [1, *matrices.shape[1:]]
    return xla.dynamic_slice(matrices, [number, 0, 0], sizes)[0]


def _put(matrices: Any, number: Any, matrix: Any) -> Any:
    """Replace one of many matrices, in place once compiled."""
    return xla.dynamic_update_slice(matrices, matrix[None], [number, 0, 0])
