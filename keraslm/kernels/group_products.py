"""Products of groups of tokens with the matrix of each group's class.

Math:   Y_g = X_g K_{c(g)}^T
"""

from typing import Any

from keras import ops

from keraslm.kernels.graph import in_tensorflow_graph


def group_products(table: Any, kernel: Any, of_group: Any, used: Any) -> Any:
    """Multiply each group with its class's matrix; all after the `used` are zeros.

    Shapes: table (groups, tokens, width), kernel (classes, words, width),
            of_group (groups,) -> (groups, tokens, words)
    """
    if in_tensorflow_graph():  # eagerly, a few tokens are not worth compiling
        from keraslm.kernels.tensorflow.group_products import tensorflow_group_products

        return tensorflow_group_products(table, kernel, of_group, used)
    return portable_group_products(table, kernel, of_group)


def portable_group_products(table: Any, kernel: Any, of_group: Any) -> Any:
    """Multiply with a matrix fetched for every group; see `group_products`."""
    matrices = ops.take(kernel, of_group, axis=0)
    return ops.matmul(table, ops.transpose(matrices, (0, 2, 1)))
