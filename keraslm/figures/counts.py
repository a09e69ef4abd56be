"""Counts as pictures: a table as a heatmap, and how rare most n-grams are (Zipf)."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.style import BLUE, GREEN, GREY, INK, LIGHT, ORANGE

if TYPE_CHECKING:
    import pandas as pd

COLOURS = (BLUE, ORANGE, GREEN, INK, GREY, LIGHT)


def draw_count_table(
    table: "pd.DataFrame", path: str | os.PathLike[str], title: str, subtitle: str = ""
) -> None:
    """Draw a table of counts, darker where a count is higher, on a logarithmic scale.

    A key beside it says which shade is how many.
    Raises: UsageError if the table is empty, or `path` is not a picture's name in an
        existing folder.
    """
    style.check_picture_path(path)
    if not table.size:
        raise UsageError("a table of counts needs a row and a column or more")
    rows, columns = table.shape
    size = (2.5 + 0.95 * max(columns, 6), 1.6 + 0.62 * max(rows, 3))
    figure, axes = style.new_figure(*size)
    style.add_title(axes, title, subtitle)
    values = table.to_numpy()
    shades = np.log1p(values)
    image = axes.imshow(shades, cmap="Blues", vmin=0, vmax=max(shades.max(), 1) * 1.4)
    axes.set_aspect("auto")
    _add_key(axes, image, int(values.max()))
    for (row, column), value in np.ndenumerate(values):
        dark = shades[row, column] > 0.75 * shades.max()
        colour = ("white" if dark else INK) if value else LIGHT
        axes.text(column, row, f"{value:,}", ha="center", va="center", color=colour)
    axes.set_xticks(range(columns), _names(table.columns))
    axes.set_yticks(range(rows), _names(table.index))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set(family=families(), fontsize=style.NOTE_SIZE, parse_math=False)
    axes.tick_params(length=0)
    style.save_figure(figure, path)


def _add_key(axes: Axes, image: AxesImage, largest: int) -> None:
    figure = axes.figure
    key = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.04)
    powers = (10**power for power in range(len(str(largest))))
    counts = [0, *(count for count in powers if 3 * count < largest), largest]
    key.set_ticks(np.log1p(counts).tolist(), labels=[f"{count:,}" for count in counts])
    key.ax.set_ylim(0, max(np.log1p(largest), 1e-9))
    key.outline.set_visible(False)
    key.ax.tick_params(labelsize=style.NOTE_SIZE, colors=INK, length=3)
    key.set_label("count (log scale)", fontsize=style.NOTE_SIZE, color=INK)


def _names(tokens: Iterable[object]) -> list[str]:
    return [drawable(style.shortened(str(token), 24) or "␣") for token in tokens]


def draw_ranks(
    counts: Sequence[np.ndarray], path: str | os.PathLike[str], title: str
) -> None:
    """Draw each order's counts by rank, both on logarithmic scales.

    Zipf's law is a straight line of slope -1; the longer the n-grams, the more of
    them occur once.

    References: Zipf (1949).
    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    figure, axes = style.new_figure()
    style.add_title(axes, title, "how often an n-gram occurs, by its rank")
    axes.set_xscale("log")
    axes.set_yscale("log")
    for n, occurrences in enumerate(counts, start=1):
        ranked = np.sort(occurrences[occurrences > 0])[::-1]
        if not len(ranked):
            continue
        ranks = np.unique(np.geomspace(1, len(ranked), 400).astype(int))
        colour = COLOURS[(n - 1) % len(COLOURS)]
        label = f"order {n}: {len(ranked):,}"
        axes.plot(ranks, ranked[ranks - 1], color=colour, linewidth=2.5, label=label)
    axes.set_xlabel("rank", fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel("count", fontsize=style.LABEL_SIZE, color=INK)
    axes.legend(fontsize=style.NOTE_SIZE, frameon=False)
    style.save_figure(figure, path)
