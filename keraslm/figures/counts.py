"""Counts as pictures: a table as a heatmap, and how rare most n-grams are (Zipf)."""

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.style import GREY, INK, SERIES

if TYPE_CHECKING:
    import pandas as pd

DASHES = ("solid", "dashed", "dashdot", "dotted")


def draw_count_table(
    table: "pd.DataFrame", path: str | os.PathLike[str], title: str, subtitle: str = ""
) -> None:
    """Draw `count_table_figure` to a file.

    Raises: UsageError if the table is empty, or `path` is not a picture's name in an
        existing folder.
    """
    style.check_picture_path(path)
    style.save_figure(count_table_figure(table, title, subtitle), path)


def count_table_figure(table: "pd.DataFrame", title: str, subtitle: str = "") -> Figure:
    """Draw a table of counts, darker where a count is higher, on a logarithmic scale.

    A key beside it says which shade is how many.
    Raises: UsageError if the table is empty.
    """
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
        colour = ("white" if dark else INK) if value else GREY
        axes.text(column, row, f"{value:,}", ha="center", va="center", color=colour,
                  fontsize=style.NOTE_SIZE)  # fmt: skip
    axes.set_xticks(range(columns), _names(table.columns))
    axes.set_yticks(range(rows), _names(table.index))
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set(family=families(), fontsize=style.NOTE_SIZE, parse_math=False)
    axes.tick_params(length=0)
    return figure


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
    """Draw `ranks_figure` to a file.

    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    style.save_figure(ranks_figure(ranks_table(counts), title), path)


def ranks_table(counts: Sequence[np.ndarray]) -> "pd.DataFrame":
    """Give the counts of each order by rank: columns order, rank and count.

    Of many ranks some 400 are given, as far from one another as a logarithmic axis
    shows them.
    """
    import pandas as pd

    parts = []
    for n, occurrences in enumerate(counts, start=1):
        ranked = np.sort(occurrences[occurrences > 0])[::-1]
        if len(ranked):
            ranks = np.unique(np.geomspace(1, len(ranked), 400).round().astype(int))
            columns = {"order": n, "rank": ranks, "count": ranked[ranks - 1]}
            parts.append(pd.DataFrame(columns))
    empty = pd.DataFrame({"order": [], "rank": [], "count": []}, dtype=int)
    return pd.concat(parts or [empty], ignore_index=True)


def ranks_figure(table: "pd.DataFrame", title: str) -> Figure:
    """Draw each order's counts by rank, both on logarithmic scales.

    Zipf's law is a straight line of slope -1; the longer the n-grams, the more of
    them occur once. `table` is that of `ranks_table`.

    References: Zipf (1949).
    """
    figure, axes = style.new_figure()
    style.add_title(
        axes, title, "how often an n-gram occurs, by its rank; dotted: slope −1"
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    places = {}
    for k, (n, curve) in enumerate(table.groupby("order")):
        colour, dashes = SERIES[k % len(SERIES)], DASHES[k % len(DASHES)]
        axes.plot(
            curve["rank"], curve["count"], linestyle=dashes, color=colour, linewidth=3
        )
        places[n] = (int(curve["rank"].max()), colour)
    _draw_zipf(axes, table)
    _name_orders(axes, places)
    axes.set_xlabel("rank (log scale)", fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel("count (log scale)", fontsize=style.LABEL_SIZE, color=INK)
    return figure


def _draw_zipf(axes: Axes, table: "pd.DataFrame") -> None:
    """Draw the line of slope -1 from the most frequent token."""
    if not len(table):
        return
    top = int(table["count"].max())
    axes.plot((1, top), (top, 1), ":", color=GREY, linewidth=2, zorder=1)


def _name_orders(axes: Axes, places: dict[int, tuple[int, str]]) -> None:
    """Name each line at the right, joined to its end."""
    for row, (n, (last, colour)) in enumerate(reversed(places.items())):
        axes.annotate(
            f"order {n}: {last:,} n-grams",
            (last, 1),
            (1.03, 0.1 + 0.09 * row),
            textcoords="axes fraction",
            va="center",
            fontsize=style.LABEL_SIZE,
            fontweight="bold",
            color=colour,
            arrowprops={"arrowstyle": "-", "color": colour, "relpos": (0, 0.5)},
            annotation_clip=False,
        )
