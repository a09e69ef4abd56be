"""The ladder: perplexity against time, or against the size of the model's file.

Every point carries its name and its perplexity. Its form says what kind of model it is,
so that grey print does too.
"""

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from keraslm.figures import style
from keraslm.figures.floor import lines_of
from keraslm.figures.side_labels import Named, height_of_names, name_points
from keraslm.figures.style import BLUE, GREEN, GREY, INK, ORANGE
from keraslm.floor import Floor

FAMILIES = {  # colour and form
    "counts": (GREY, "s"),
    "features": (ORANGE, "^"),
    "network": (BLUE, "o"),
    "featured": (BLUE, "^"),  # a network with features
    "mixture": (GREEN, "D"),
}
WIDTH, HEIGHT = 13.0, 8.0  # inches; names at the right come on top
SHARE = 0.75  # of the height, which the axes have


class Point(NamedTuple):
    """A rung: its name, one of `FAMILIES`, and its figures.

    `known` is the perplexity of the known tokens, which is its height; `perplexity`
    that of all. What has `hardly_trained` is drawn hollow, and says so.
    Units: `seconds` of training and measuring, `size` in bytes
    """

    name: str
    family: str
    seconds: float
    size: int
    known: float
    perplexity: float
    hardly_trained: bool = False


AXES: dict[str, tuple[str, Callable[[Point], float]]] = {
    "seconds": ("seconds of training and measuring", lambda p: p.seconds),
    "bytes": ("MB of the model's file", lambda p: p.size / 1e6),
}


def draw_ladder(
    points: Sequence[Point],
    path: str | os.PathLike[str],
    against: str = "seconds",
    floor: Floor | None = None,
    subtitle: str = "lower is better",
) -> None:
    """Draw `ladder_figure` to a file.

    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.save_figure(ladder_figure(points, against, floor, subtitle), path)


def ladder_figure(
    points: Sequence[Point],
    against: str = "seconds",
    floor: Floor | None = None,
    subtitle: str = "lower is better",
) -> Figure:
    """Draw each rung at its cost, "seconds" or "bytes", with its name.

    What costs nothing is left out. With a floor, the grammar on the same text and the
    language's entropy are lines across.
    """
    label, cost = AXES[against]
    drawn = [p for p in points if p.known < style.LARGEST and cost(p) > 0]
    lines = lines_of(floor)
    named = _named(drawn, cost, with_unknown := _with_unknown(drawn))
    named += [Named(ln.label, None, ln.value, ln.colour, True) for ln in lines]
    figure, axes = style.new_figure(WIDTH, max(height_of_names(named) / SHARE, HEIGHT))
    style.add_title(axes, f"The ladder: perplexity by {label}", subtitle)
    _scale(axes, [p.known for p in drawn] + [line.value for line in lines])
    for line in lines:
        line.draw(axes)
    for p in drawn:
        colour, form = FAMILIES[p.family]
        face = "white" if p.hardly_trained else colour
        axes.plot(cost(p), p.known, form, ms=11, mew=2, color=colour, mfc=face)
    _mark(axes.xaxis, [cost(p) for p in drawn])
    _name_axes(axes, label, with_unknown)
    name_points(axes, named)
    return figure


def _named(
    points: Sequence[Point], cost: Callable[[Point], float], with_unknown: bool
) -> list[Named]:
    """Name each point in the colour of its family."""
    return [
        Named(_name(p, with_unknown), cost(p), p.known, FAMILIES[p.family][0])
        for p in points
    ]


def _with_unknown(points: Sequence[Point]) -> bool:
    return any(p.known != p.perplexity for p in points)


def _scale(axes: Axes, heights: Sequence[float]) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    low, high = (min(heights), max(heights)) if heights else (1.0, 10.0)
    margin = max((high / low) ** 0.05, 1.03)
    axes.set_ylim(low / margin, high * margin)
    _mark(axes.yaxis, heights)


def _name_axes(axes: Axes, label: str, with_unknown: bool) -> None:
    height = "perplexity of known tokens (of all tokens)"
    height = height if with_unknown else "perplexity"
    axes.set_xlabel(f"{label} (log scale)", fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel(f"{height}, log scale", fontsize=style.LABEL_SIZE, color=INK)
    axes.grid(color=style.GRID, linewidth=1)


def _name(point: Point, with_unknown: bool) -> str:
    name = f"{point.name} {style.figure_number(point.known)}"
    if with_unknown:
        finite = point.perplexity < style.LARGEST
        every = style.figure_number(point.perplexity) if finite else "infinite"
        name += f" ({every})"
    return f"{name}, hardly trained" if point.hardly_trained else name


def _mark(axis: Axis, values: Sequence[float]) -> None:
    """Write numbers at an axis, closer together where the values are."""
    decades = np.ptp(np.log10(values)) if values else 0
    few = LogLocator(subs=(1, 2, 5) if decades < 3 else (1,), numticks=20)
    axis.set_major_locator(few if decades > 1 else MaxNLocator(6, steps=(1, 2, 5, 10)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(lambda value, _: f"{value:,.4g}")
