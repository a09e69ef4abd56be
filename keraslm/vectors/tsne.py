"""t-SNE: a map on which near vectors stay near."""

from typing import Any

import numpy as np
import numpy.typing as npt

from keraslm.errors import MissingExtra, UsageError

PERPLEXITY = 30.0


def settler() -> Any:
    """Give what scikit-learn settles points with.

    Raises: MissingExtra without scikit-learn.
    """
    try:
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise MissingExtra("t-SNE", "embeddings") from error
    return TSNE


def tsne(matrix: npt.NDArray[np.floating], seed: int = 0) -> npt.NDArray[np.float64]:
    """Place vectors on a plane by scikit-learn; far apart means little there.

    Shapes: matrix (words, width) -> (words, 2)
    Raises: MissingExtra without scikit-learn; UsageError for fewer than 4 vectors.
    References: van der Maaten & Hinton (2008).
    """
    settle = settler()
    if len(matrix) < 4:
        raise UsageError(f"t-SNE needs 4 vectors or more; received {len(matrix)}")
    perplexity = min(PERPLEXITY, (len(matrix) - 1) / 3)
    settled = settle(perplexity=perplexity, init="pca", random_state=seed)
    points: npt.NDArray[np.float64] = settled.fit_transform(matrix).astype(np.float64)
    return points
