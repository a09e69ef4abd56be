"""The few functions of `outputs.arrays`, on the tensors of a back end.

Sums over a vocabulary are made in float32 at least: bfloat16 has three digits, and
float16 ends at 65,504.
"""

from typing import Any

import keras
from keras import ops
from keras.ops import add, concatenate, matmul, reshape, shape, take, transpose

__all__ = [
    "add",
    "at_least_float32",
    "concatenate",
    "log_softmax",
    "matmul",
    "reshape",
    "shape",
    "take",
    "transpose",
    "wide",
]


def wide(dtype: str) -> str:
    """Name float32, or float64 where a type is that."""
    return "float64" if dtype == "float64" else "float32"


def at_least_float32(x: Any) -> Any:
    """Widen 16-bit numbers."""
    dtype = keras.backend.standardize_dtype(x.dtype)
    return x if dtype == wide(dtype) else ops.cast(x, wide(dtype))


def log_softmax(x: Any) -> Any:
    """Give x - log sum exp x along the last axis, in float32 at least."""
    return ops.log_softmax(at_least_float32(x))
