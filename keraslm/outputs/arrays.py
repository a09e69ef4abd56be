"""The few functions of `keras.ops` that a softmax needs, on NumPy arrays."""

from typing import Any

import numpy as np

add = np.add
matmul = np.matmul
concatenate = np.concatenate
shape = np.shape
reshape = np.reshape
transpose = np.transpose
take = np.take


def log_softmax(x: Any) -> Any:
    """Give x - log sum exp x, along the last axis."""
    x = x - x.max(axis=-1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
