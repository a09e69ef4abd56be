"""Words as points on a plane, each with its name."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable
from keraslm.figures.scatter_labels import label_points
from keraslm.figures.style import BLUE, INK
from keraslm.vectors.lookup import rows_of
from keraslm.vectors.pca import principal_components
from keraslm.vectors.tsne import tsne

if TYPE_CHECKING:
    from keraslm.vectors.word_vectors import WordVectors

LONGEST = 24  # characters of a name
MOST = 300  # words of a picture
Points = npt.NDArray[np.float64]


def draw_vectors(
    vectors: "WordVectors",
    words: Sequence[str],
    path: str | os.PathLike[str],
    title: str = "Words",
    method: str = "pca",
    seed: int = 0,
) -> None:
    """Draw words by the directions of their vectors, reduced to a plane.

    Raises: UsageError if a word has no vector, for too few or too many words, or if
        `path` is not a picture's name in an existing folder; MissingExtra for tsne
        without its extra.
    """
    style.check_picture_path(path)
    if len(words) > MOST:
        raise UsageError(f"a picture has room for {MOST} words; received {len(words)}")
    points, subtitle, names = _plane(vectors, words, method, seed)
    figure, axes = style.new_figure(height=7.6)
    style.add_title(axes, title, subtitle)
    axes.plot(*points.T, "o", color=BLUE, markersize=6, zorder=3)
    axes.margins(0.08)
    axes.set_aspect("equal", adjustable="datalim")
    axes.tick_params(labelbottom=False, labelleft=False, length=0)
    axes.axhline(0, color=style.GRID, zorder=1)
    axes.axvline(0, color=style.GRID, zorder=1)
    axes.set_xlabel(names[0], fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel(names[1], fontsize=style.LABEL_SIZE, color=INK)
    texts = [drawable(style.shortened(word, LONGEST)) for word in words]
    label_points(axes, points, texts)
    style.save_figure(figure, path)


def _plane(
    vectors: "WordVectors", words: Sequence[str], method: str, seed: int
) -> tuple[Points, str, tuple[str, str]]:
    """Give the points, a line that says what they are, and the axes' names."""
    directions = vectors.directions[rows_of(vectors, words)]
    if method == "tsne":
        said = (
            f"t-SNE of {len(words)} words: near ones are alike, far apart says little"
        )
        return tsne(directions, seed), said, ("", "")
    points, shares = principal_components(directions)
    said = (
        f"the two principal components of {len(words)} words: "
        f"{shares.sum():.0%} of the variance of {vectors.width} dimensions"
    )
    first, second = (f"component {i + 1} ({shares[i]:.0%})" for i in range(2))
    return points, said, (first, second)
