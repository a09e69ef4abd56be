"""A matrix that a vector is multiplied with again and again.

NumPy's library (OpenBLAS) gives a product of real numbers to one core unless the matrix
is large, and a product of complex numbers to all. So two columns of a matrix that is
not large are taken as the two parts of one complex column. Each core then reads a half
of the weights, which its own cache can hold.

Math:   x (A + iB) = xA + i xB
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

WORTH = 150_000  # numbers of a matrix from which waking the other cores is worth it
SHARED = 460_800  # from which OpenBLAS shares out real numbers, too


class Factor:
    """The right factor of products with one vector, or with several at once."""

    def __init__(self, matrix: Array, alone: bool) -> None:
        """Lay the matrix out, for one vector alone in the way that is read fastest."""
        large = alone and matrix.size >= WORTH
        self._paired = large and _in_pairs(matrix)
        if self._paired:
            matrix = np.ascontiguousarray(matrix).view(np.complex64)
        self._matrix = np.asfortranarray(matrix) if large else matrix

    def product(self, x: Array) -> Array:
        """Give x M.

        Shapes: (n,) -> (m,), or (vectors, n) -> (vectors, m)
        """
        if self._paired:
            return (x.astype(np.complex64) @ self._matrix).view(np.float32)
        return x @ self._matrix


def _in_pairs(matrix: Array) -> bool:
    """Say whether the columns can be joined two by two, and need to be."""
    even = matrix.dtype == np.float32 and matrix.shape[1] % 2 == 0
    return even and matrix.size < SHARED
