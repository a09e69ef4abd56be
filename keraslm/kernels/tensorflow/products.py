"""Products in float32, and of factors rounded to bfloat16, on TensorFlow.

XLA hands a product of bfloat16 with a sum in float32 to the processor's units for it
only where both factors lie row by row: a transposed one is laid out anew. Nothing but
XLA computes such a product, so `Rounded` is for what is compiled.
"""

from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.python import xla

from keraslm.kernels.precision import rounds
from keraslm.kernels.tensorflow.graph import in_own_graph


class Exact:
    """Products of the factors as they are."""

    def factor(self, x: tf.Tensor) -> tf.Tensor:
        """Give a matrix as it is multiplied."""
        return x

    def transposed(self, x: tf.Tensor) -> tf.Tensor:
        """Give its transpose."""
        return tf.transpose(x)

    def times(self, a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        """Multiply two such matrices."""
        return tf.matmul(a, b)


class Rounded(Exact):
    """Products of the factors rounded to bfloat16, summed in float32."""

    def factor(self, x: tf.Tensor) -> tf.Tensor:
        """Round a matrix."""
        return tf.cast(x, tf.bfloat16)

    def transposed(self, x: tf.Tensor) -> tf.Tensor:
        """Round its transpose, and lay it out row by row."""
        turned = tf.transpose(self.factor(x))
        (laid_out,) = xla.optimization_barrier(tf.reshape(turned, turned.shape))
        return laid_out

    def times(self, a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        """Multiply two such matrices."""
        return tf.raw_ops.BatchMatMulV3(x=a, y=b, Tout=tf.float32)


def products_for(shape: tuple[int | None, ...], columns: int | None) -> Exact:
    """Give what multiplies such a matrix with one of so many columns."""
    return Rounded() if rounds(shape, columns) else Exact()


def tensorflow_rounded_product(a: tf.Tensor, b: tf.Tensor, transpose_b: bool) -> Any:
    """Do what `portable_rounded_product` does; see there."""
    run = in_own_graph(_run_transposed if transpose_b else _run)
    products = run(tf.reshape(a, (-1, a.shape[-1])), tf.convert_to_tensor(b))
    return tf.reshape(products, (*a.shape[:-1], products.shape[-1]))


def _run(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Give Y = A B; dA = dY B^T, dB = A^T dY."""

    @tf.custom_gradient
    def run(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        of = Rounded()

        def gradient(d: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            d = of.factor(d)
            return of.times(d, of.transposed(b)), of.times(of.transposed(a), d)

        return of.times(of.factor(a), of.factor(b)), gradient

    return run(a, b)


def _run_transposed(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Give Y = A B^T; dA = dY B, dB = dY^T A."""

    @tf.custom_gradient
    def run(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        of = Rounded()

        def gradient(d: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            d = of.factor(d)
            turned = of.times(of.transposed(a), d)  # dY is too large to lay out anew
            (row,) = xla.optimization_barrier(tf.reshape(turned, (-1,)))
            d_b = tf.transpose(tf.reshape(row, turned.shape))
            return of.times(d, of.factor(b)), d_b

        return of.times(of.factor(a), of.transposed(b)), gradient

    return run(a, b)
