"""The ladder: perplexity against time, and against the size of the model's file."""

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from keraslm.figures import style
from keraslm.figures.fonts import families
from keraslm.figures.labels import height_of, spread
from keraslm.figures.style import BLUE, GREEN, GREY, INK, ORANGE

COLOURS = {"counts": GREY, "features": ORANGE, "network": BLUE, "mixture": GREEN}
LINE = 0.38  # inches from one label to the next


class Point(NamedTuple):
    """A rung: its name, one of the families of `COLOURS`, and its figures.

    Units: `seconds` of training and measuring, `size` in bytes
    """

    name: str
    family: str
    seconds: float
    size: int
    perplexity: float


def draw_ladder(
    points: Sequence[Point],
    path: str | os.PathLike[str],
    title: str = "The ladder: perplexity on the same text",
    subtitle: str = "lower is better",
) -> None:
    """Draw two panels that share their vertical axis, and label each rung once.

    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    points = [p for p in points if p.perplexity < style.LARGEST]
    figure = Figure(figsize=(15, max(5.5, 2 + LINE * len(points))), facecolor="white")
    FigureCanvasAgg(figure)
    times, sizes = figure.subplots(1, 2, sharey=True)
    figure.subplots_adjust(wspace=0.06)
    style.add_title(times, title, subtitle)
    _panel(times, points, [p.seconds for p in points], "seconds")
    _panel(sizes, points, [p.size / 1e6 for p in points], "MB of the model's file")
    times.set_yscale("log")
    times.set_ylabel("perplexity", fontsize=style.LABEL_SIZE, color=INK)
    heights = [p.perplexity for p in points]
    times.set_ylim(min(heights) / 1.1, max(heights) * 1.1)
    _mark(times.yaxis, heights)
    _label(sizes, points)
    style.save_figure(figure, path)


def _panel(
    axes: Axes, points: Sequence[Point], places: Sequence[float], label: str
) -> None:
    style.plain_axes(axes)
    axes.set_xscale("log")
    drawn = [(x, p) for x, p in zip(places, points, strict=True) if x > 0]
    for x, p in drawn:
        axes.plot(x, p.perplexity, "o", markersize=10, color=COLOURS[p.family])
    _mark(axes.xaxis, [x for x, _ in drawn])
    axes.set_xlabel(label, fontsize=style.LABEL_SIZE, color=INK)
    axes.grid(color=style.GRID, linewidth=1)


def _mark(axis: Axis, values: Sequence[float]) -> None:
    """Write numbers at an axis, closer together where the values are."""
    decades = np.ptp(np.log10(values)) if values else 0
    few = LogLocator(subs=(1, 2, 5) if decades < 3 else (1,), numticks=20)
    axis.set_major_locator(few if decades > 1 else MaxNLocator(6, steps=(1, 2, 5, 10)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(lambda value, _: f"{value:,.4g}")


def _label(axes: Axes, points: Sequence[Point]) -> None:
    """Write the names at the right, each joined to the height of its point."""
    ranked = sorted(points, key=lambda p: p.perplexity)
    true = [height_of(axes, p.perplexity) for p in ranked]
    gap = 1 / max(len(ranked) - 1, 12)
    for point, y, place in zip(ranked, true, spread(true, gap), strict=True):
        colour = COLOURS[point.family]
        line = Line2D([1, 1.06], [y, place], color=colour, linewidth=1)
        line.set(transform=axes.transAxes, clip_on=False)
        axes.add_artist(line)
        axes.annotate(
            f"{point.name}  {style.figure_number(point.perplexity)}",
            (1.06, place),
            (6, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=style.NOTE_SIZE,
            family=families(),
            color=colour,
            va="center",
            parse_math=False,
            annotation_clip=False,
        )
