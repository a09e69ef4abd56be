"""Matrix products, whose factors training may round to bfloat16.

Math:   A B, or r(A) r(B), whose terms are exact and summed in float32
        then also dA = r(dY) r(B)^T,   dB = r(A)^T r(dY)
        r(x) is the nearest number of 8 significant bits: |r(x) - x| <= 2^-8 |x|

A processor with units for it multiplies rounded matrices several times as fast; see
`precision` for when.
"""

from typing import Any

import keras
from keras import ops

from keraslm.kernels.gpu import has_gpu
from keraslm.kernels.precision import rounds


def product(a: Any, b: Any, transpose_b: bool = False) -> Any:
    """Give A B, or A B^T, in the precision that is set.

    Shapes: (.., n), (n, m) or transposed (m, n) -> (.., m)
    """
    columns = b.shape[0] if transpose_b else b.shape[-1]
    if not rounds(a.shape, columns):
        return ops.matmul(a, ops.transpose(b) if transpose_b else b)
    if keras.backend.backend() == "tensorflow" and not has_gpu():
        from keraslm.kernels.tensorflow.products import tensorflow_rounded_product

        return tensorflow_rounded_product(a, b, transpose_b)
    return portable_rounded_product(a, b, transpose_b)


def affine(a: Any, b: Any, bias: Any) -> Any:
    """Give A B + bias, in the precision that is set.

    A rounded product adds the bias itself, as two more rows of B, its rounded value and
    what that leaves, on which A has ones: a pass less over Y, and over dY.

    Shapes: (.., n), (n, m), (m,) -> (.., m)
    """
    if not rounds(a.shape, b.shape[-1]):
        return ops.add(ops.matmul(a, b), bias)
    a, b, bias = map(ops.convert_to_tensor, (a, b, bias))
    high = ops.stop_gradient(_rounded(bias))
    ones = ops.ones((*a.shape[:-1], 2), a.dtype)
    left = ops.concatenate([a, ones], axis=-1)
    return product(left, ops.concatenate([b, high[None], (bias - high)[None]], axis=0))


def portable_rounded_product(a: Any, b: Any, transpose_b: bool = False) -> Any:
    """Give r(A) r(B) with `keras.ops` alone; see `product`."""

    @ops.custom_gradient
    def run(a: Any, b: Any) -> tuple[Any, Any]:
        a, b = _rounded(a), _rounded(b)
        right = ops.transpose(b) if transpose_b else b

        def gradient(*arguments: Any, upstream: Any = None) -> tuple[Any, Any]:
            d = _rounded(arguments[0] if upstream is None else upstream)
            pair = (rows(d), rows(a)) if transpose_b else (rows(a), rows(d))
            d_b = ops.matmul(ops.transpose(pair[0]), pair[1])
            return ops.matmul(d, ops.transpose(right)), d_b

        return ops.matmul(a, right), gradient

    return run(ops.convert_to_tensor(a), ops.convert_to_tensor(b))


def _rounded(x: Any) -> Any:
    return ops.cast(ops.cast(x, "bfloat16"), "float32")


def rows(x: Any) -> Any:
    """Join all axes but the last."""
    return ops.reshape(x, (-1, x.shape[-1]))
