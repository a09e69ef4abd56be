"""Words as points on a plane, each with its name."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.scatter_labels import label_points
from keraslm.figures.style import INK, SERIES
from keraslm.vectors.lookup import rows_of
from keraslm.vectors.pca import principal_components
from keraslm.vectors.tsne import tsne

if TYPE_CHECKING:
    import pandas as pd

    from keraslm.vectors.relations import Relation
    from keraslm.vectors.word_vectors import WordVectors

LONGEST = 24  # characters of a name
FORMS = ("o", "s", "^", "D", "v", "P")  # of groups
MOST = 300  # words of a picture
ROW = 0.09  # of the axes' height: a group in the key
Points = npt.NDArray[np.float64]


def draw_vectors(
    vectors: "WordVectors",
    words: Sequence[str],
    path: str | os.PathLike[str],
    title: str = "Words",
    method: str = "pca",
    seed: int = 0,
) -> None:
    """Draw `vectors_figure` to a file.

    Raises: as `vectors_figure`; UsageError if `path` is not a picture's name in an
        existing folder.
    """
    style.check_picture_path(path)
    table, subtitle = plane_table(vectors, words, method, seed)
    style.save_figure(vectors_figure(table, title, subtitle), path)


def plane_table(
    vectors: "WordVectors",
    words: Sequence[str],
    method: str = "pca",
    seed: int = 0,
    groups: Sequence[str] | None = None,
) -> "tuple[pd.DataFrame, str]":
    """Reduce the directions of words to a plane, and say how.

    The table has a row a word: word, two columns named as the axes are, and the word's
    group, where `groups` has one for each word.
    Raises: UsageError if a word has no vector, or for too few or too many words;
        MissingExtra for tsne without its extra.
    """
    import pandas as pd

    if len(words) > MOST:
        raise UsageError(f"a picture has room for {MOST} words; received {len(words)}")
    points, subtitle, names = _plane(vectors, words, method, seed)
    table = pd.DataFrame({"word": list(words), names[0]: points[:, 0]})
    table[names[1]] = points[:, 1]
    if groups is not None:
        table["group"] = list(groups)
    return table, subtitle


def vectors_figure(
    table: "pd.DataFrame",
    title: str,
    subtitle: str = "",
    relations: "Sequence[tuple[Relation, float | None]]" = (),
) -> Figure:
    """Draw a `plane_table`: each word at its point, each group in its own form.

    A relation is an arrow from the first to the second word of each pair, in the colour
    of the group that has its name; beside it stands its `parallelism`.
    """
    names = list(table.columns[1:3])
    points = table[names].to_numpy()
    figure, axes = style.new_figure(height=7.6)
    style.add_title(axes, title, subtitle)
    named = (relation.name for relation, _ in relations)
    key = list(dict.fromkeys([*_groups(table), *named]))
    _draw_points(axes, table, points, key)
    for relation, parallel in relations:
        number = key.index(relation.name)
        _draw_arrows(axes, table, points, relation, number)
        if parallel is not None:
            said, height = f"arrows: mean cosine {parallel:.2f}", _height(number)
            colour = SERIES[number % len(SERIES)]
            _beside(axes, said, height - ROW / 2, colour, style.NOTE_SIZE, "normal")
    axes.margins(0.08)
    axes.set_aspect("equal", adjustable="datalim")
    axes.tick_params(labelbottom=False, labelleft=False, length=0)
    axes.axhline(0, color=style.GRID, zorder=1)
    axes.axvline(0, color=style.GRID, zorder=1)
    axes.set_xlabel(names[0], fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel(names[1], fontsize=style.LABEL_SIZE, color=INK)
    texts = [drawable(style.shortened(word, LONGEST)) for word in table["word"]]
    label_points(axes, points, texts)
    return figure


def _draw_points(
    axes: Axes, table: "pd.DataFrame", points: Points, key: Sequence[str]
) -> None:
    groups = _groups(table)
    for k, group in enumerate(key):
        own = points[np.array([each == group for each in groups], bool)]
        colour, form = SERIES[k % len(SERIES)], FORMS[k % len(FORMS)]
        axes.plot(*own.T, form, color=colour, markersize=9 if group else 6, zorder=3)
        if group:
            axes.plot(1.04, _height(k), form, color=colour, markersize=9,
                      transform=axes.transAxes, clip_on=False)  # fmt: skip
            name = drawable(style.shortened(group, LONGEST))
            _beside(axes, name, _height(k), colour, style.LABEL_SIZE, "bold")


def _draw_arrows(
    axes: Axes,
    table: "pd.DataFrame",
    points: Points,
    relation: "Relation",
    number: int,
) -> None:
    place = dict(zip(table["word"], points, strict=True))
    for before, after in relation.pairs:
        axes.annotate("", place[after], place[before], zorder=2, arrowprops={
            "arrowstyle": "-|>", "color": SERIES[number % len(SERIES)],
            "linewidth": 1.8, "alpha": 0.7, "shrinkA": 5, "shrinkB": 6,
            "mutation_scale": 16})  # fmt: skip


def _groups(table: "pd.DataFrame") -> list[str]:
    return list(table["group"]) if "group" in table else [""] * len(table)


def _height(number: int) -> float:
    """Place a line of the key, in the height of the axes."""
    return 0.97 - ROW * number


def _beside(
    axes: Axes, text: str, height: float, colour: str, size: int, weight: str
) -> None:
    axes.annotate(text, (1.06, height), xycoords="axes fraction", va="center",
                  color=colour, fontsize=size, fontweight=weight,
                  family=families())  # fmt: skip


def _plane(
    vectors: "WordVectors", words: Sequence[str], method: str, seed: int
) -> tuple[Points, str, tuple[str, str]]:
    """Give the points, a line that says what they are, and the axes' names."""
    directions = vectors.directions[rows_of(vectors, words)]
    if method == "tsne":
        said = (
            f"t-SNE of {len(words)} words: near ones are alike, far apart says little"
        )
        return tsne(directions, seed), said, ("t-SNE 1", "t-SNE 2")
    points, shares = principal_components(directions)
    said = (
        f"the two principal components of {len(words)} words: "
        f"{shares.sum():.0%} of the variance of {vectors.width} dimensions"
    )
    first, second = (f"component {i + 1} ({shares[i]:.0%})" for i in range(2))
    return points, said, (first, second)
