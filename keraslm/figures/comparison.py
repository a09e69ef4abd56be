"""The comparison: one horizontal bar a model, best at the top, the floor as a line."""

import math
import os
from collections.abc import Sequence

from matplotlib import ticker
from matplotlib.axes import Axes

from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.style import BLUE, GREEN, GREY, INK, LIGHT

LOG_FROM = 6.0  # a largest over smallest perplexity where a linear axis reads badly


def draw_comparison(
    models: Sequence[tuple[str, float]],
    path: str | os.PathLike[str],
    floor: float | None = None,
    title: str = "Perplexity on the same text",
    subtitle: str = "lower is better",
) -> None:
    """Draw the perplexities of (name, perplexity) pairs, lowest first.

    A linear axis starts at 0. A logarithmic axis starts at 1, so that there a bar's
    length is the cross-entropy in nats. `floor` is the lowest possible perplexity.
    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    ranked = sorted(models, key=lambda pair: (math.isnan(pair[1]), pair[1]))
    finite = [value for _, value in ranked if value < style.LARGEST]
    figure, axes = style.new_figure(height=2.2 + 0.62 * max(len(ranked), 2))
    style.add_title(axes, title, subtitle)
    _scale(axes, finite + ([floor] if floor else []))
    for row, (name, value) in enumerate(ranked):
        _draw_bar(axes, row, value, BLUE if row == 0 else LIGHT)
        _name_bar(axes, row, name)
    _finish(axes, len(ranked))
    if floor:
        _draw_floor(axes, floor, len(ranked))
    style.save_figure(figure, path)


def _scale(axes: Axes, values: list[float]) -> None:
    low, high = (min(values), max(values)) if values else (1.0, 10.0)
    if high / max(low, 1.0) < LOG_FROM:
        axes.set_xlim(0, high * 1.12)
        axes.xaxis.set_major_locator(ticker.MaxNLocator(6, steps=[1, 2, 5, 10]))
        label = "perplexity"
    else:
        axes.set_xscale("log")
        axes.set_xlim(1, high**1.12)
        subs = (1, 2, 5) if high < 2000 else (1,)
        axes.xaxis.set_major_locator(ticker.LogLocator(subs=subs, numticks=20))
        label = "perplexity (log scale from 1: a bar's length is its nats a token)"
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.4g}")
    axes.set_xlabel(label, fontsize=style.LABEL_SIZE, color=INK)


def _draw_bar(axes: Axes, row: int, value: float, colour: str) -> None:
    start, end = axes.get_xlim()
    finite = value < style.LARGEST
    stop = value if finite else end
    axes.barh(
        row,
        stop - start,
        left=start,
        height=0.66,
        color=colour if finite else "white",
        edgecolor=colour,
        hatch=None if finite else "//",
        zorder=2,
    )
    without = "undefined" if math.isnan(value) else "infinite"
    _write_value(axes, row, stop, style.figure_number(value) if finite else without)


def _write_value(axes: Axes, row: int, place: float, text: str) -> None:
    axes.annotate(
        text,
        (place, row),
        (8, 0),
        textcoords="offset points",
        va="center",
        fontsize=style.LABEL_SIZE,
        fontweight="bold",
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        annotation_clip=False,
        zorder=5,
    )


def _name_bar(axes: Axes, row: int, name: str) -> None:
    axes.annotate(
        drawable(style.shortened(name, 34)),
        (0, row),
        (-10, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=style.LABEL_SIZE,
        family=families(),
        color=INK,
        parse_math=False,
        annotation_clip=False,
    )


def _draw_floor(axes: Axes, floor: float, rows: int) -> None:
    axes.axvline(floor, color="white", linewidth=7, alpha=0.8, zorder=3)
    axes.axvline(floor, color=GREEN, linewidth=3, linestyle=(0, (4, 2)), zorder=4)
    axes.annotate(
        f"lowest possible {style.figure_number(floor)}",
        (floor, max(rows, 2) - 0.38),
        (6, 0),
        textcoords="offset points",
        va="center",
        fontsize=style.NOTE_SIZE,
        fontweight="bold",
        color=GREEN,
        annotation_clip=False,
        zorder=5,
    )


def _finish(axes: Axes, rows: int) -> None:
    axes.set_ylim(max(rows, 2) - 0.1, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.GRID, linewidth=1)
    axes.tick_params(axis="x", color=GREY)
