"""The alignment: where a decoder looks in the source for each token that it writes.

References: Bahdanau, Cho & Bengio (2015), figure 3.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.shaded_text import shown
from keraslm.figures.style import BLUE, GREY, INK, ORANGE

MOST_TOKENS = 80
LONGEST = 14  # characters of a token
CELL = 0.3  # inches
KEY = (0, 0.05, 0.25, 0.5, 1)


def alignment_figure(
    source: Sequence[str],
    target: Sequence[str],
    weights: np.ndarray,
    title: str,
    subtitle: str = "",
    known: Sequence[int | None] = (),
) -> Figure:
    """Draw a row for each token of the target, a column for each of the source.

    A shade is the root of a weight, so that small ones are seen too. `known` gives for
    tokens of the target the place in the source of the one that they translate, where
    it is known; those cells are framed.

    Shapes: weights (target, source), each row sums to one
    Raises: UsageError for more tokens than a picture has room for.
    """
    for tokens in (source, target):
        if len(tokens) > MOST_TOKENS:
            raise UsageError(
                f"a picture has room for an alignment of {MOST_TOKENS} tokens; "
                f"received {len(tokens)}: give a shorter text"
            )
    width, height = (max(3.0, CELL * len(tokens)) for tokens in (source, target))
    figure, axes = style.new_figure(width + 3, height + 1.5)
    style.add_title(axes, title, subtitle, above=_room(source))
    shades = LinearSegmentedColormap.from_list("weight", ["white", BLUE])
    image = axes.imshow(weights, shades, norm=PowerNorm(0.5, 0, 1))
    for row, place in enumerate(known):
        if place is not None:
            axes.add_patch(_frame(place, row))
    _name_tokens(axes, source, target)
    _add_key(figure, axes, image)
    return figure


def _frame(column: int, row: int) -> Rectangle:
    corner = column - 0.42, row - 0.42
    return Rectangle(corner, 0.84, 0.84, fill=False, edgecolor=ORANGE, linewidth=1.6)


def _room(source: Sequence[str]) -> int:
    """Give the points that the names of the columns take above the picture."""
    longest = max(min(len(shown(token)), LONGEST) for token in source)
    return 26 + (9 * longest if longest > 1 else 12)


def _name_tokens(axes: Axes, source: Sequence[str], target: Sequence[str]) -> None:
    columns, rows = (list(map(_name, tokens)) for tokens in (source, target))
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set(family=families(), fontsize=style.NOTE_SIZE, parse_math=False)
    if max(map(len, columns)) > 1:
        axes.tick_params(axis="x", rotation=90)
    axes.set_xlabel("source, as it is read", fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel("target, as it is written", fontsize=style.LABEL_SIZE, color=INK)
    for side in axes.spines.values():
        side.set_visible(True)
        side.set_color(GREY)


def _name(token: str) -> str:
    return drawable(style.shortened(shown(token), LONGEST) or shown(token))


def _add_key(figure: Figure, axes: Axes, image: AxesImage) -> None:
    bar = figure.colorbar(image, ax=axes, fraction=0.03, pad=0.02, ticks=KEY)
    bar.ax.set_yticklabels([f"{weight:g}" for weight in KEY])
    bar.ax.tick_params(labelsize=style.NOTE_SIZE, colors=INK)
    bar.set_label("weight; a row sums to one", fontsize=style.NOTE_SIZE, color=INK)
