"""Principal components: the directions in which vectors differ most."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError


class Projection(NamedTuple):
    """Vectors in few dimensions, and the share of the variance that each keeps.

    Shapes: points (words, dimensions), shares (dimensions,)
    """

    points: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]


def principal_components(
    matrix: npt.NDArray[np.floating], dimensions: int = 2
) -> Projection:
    """Project vectors on the directions of their largest variance.

    The sign of each direction is the one that makes its largest entry positive, so that
    a picture is the same on every machine.

    Math:   X - mean(X) = U S V^T;   points = U S,   shares = S^2 / sum of S^2
    Shapes: matrix (words, width)
    Raises: UsageError for fewer vectors, or narrower ones, than dimensions.
    References: Pearson (1901).
    """
    if min(matrix.shape) < dimensions:
        raise UsageError(
            f"{dimensions} components need {dimensions} vectors or more, of "
            f"{dimensions} numbers or more; received {matrix.shape[0]} of "
            f"{matrix.shape[1]}"
        )
    centred = matrix - matrix.mean(axis=0, dtype=np.float64)
    u, s, vt = np.linalg.svd(centred, full_matrices=False)
    largest = np.abs(vt).argmax(axis=1)
    signs = np.sign(vt[np.arange(len(vt)), largest])
    shares = s**2 / max(np.sum(s**2), np.finfo(float).tiny)
    return Projection((u * s * signs)[:, :dimensions], shares[:dimensions])
