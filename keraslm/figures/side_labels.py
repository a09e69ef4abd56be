"""Names in two columns, left and right of the points, each joined to its point.

A column is sorted by height and its names are a line of type apart, so that none is
over another, however near the points are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from keraslm.figures.fonts import drawable, families
from keraslm.figures.labels import spread
from keraslm.figures.style import GREY, INK

SIZE = 14  # points of type
LINE = 1.4 * SIZE  # from one name to the next
GAP = 0.03  # of the axes' width, between a column and the points
RIGHT = 1.02  # where the right column begins, in the axes' width


class Named(NamedTuple):
    """A name for the point (x, y); one without x stands for a line across."""

    name: str
    x: float | None
    y: float
    colour: str = INK
    bold: bool = False


def name_points(axes: Axes, named: Sequence[Named]) -> None:
    """Set the limits of a logarithmic horizontal axis, and write the names.

    The points left of a wide gap are named at the left, the others at the right. The
    limits of the vertical axis are set.
    """
    places = _places(named)
    low, high = (places.min(), places.max()) if len(places) else (0.0, 0.0)
    left, right = _columns(named)
    widest = max((_width(axes, n) for n in left), default=0.0)
    begin, end = widest + 2 * GAP, 1 - GAP
    whole = max(high - low, np.log(4)) / (end - begin)
    start = low - begin * whole
    axes.set_xlim(np.exp(start), np.exp(start + whole))
    _write(axes, left, widest + GAP / 2, "right")
    _write(axes, right, RIGHT, "left")


def height_of_names(named: Sequence[Named]) -> float:
    """Give the height in inches that the longer column of names needs."""
    return max(map(len, _columns(named))) * LINE / 72


def _places(named: Sequence[Named]) -> npt.NDArray[np.floating]:
    return np.log([n.x for n in named if n.x is not None])


def _columns(named: Sequence[Named]) -> tuple[list[Named], list[Named]]:
    """Share the names out: those at the left of the points, and the others."""
    middle = _middle(_places(named))
    left = [n for n in named if n.x is not None and np.log(n.x) < middle]
    return left, [n for n in named if n not in left]


def _middle(places: npt.NDArray[np.floating]) -> float:
    """Choose between two columns: a gap that is wide and leaves names on both sides."""
    ordered = np.sort(places)
    gaps = np.diff(ordered)
    if not gaps.any():
        return -np.inf
    after = np.arange(1, len(ordered))
    best = int(np.argmax(gaps * np.minimum(after, len(ordered) - after)))
    return float(ordered[best] + ordered[best + 1]) / 2


def _write(axes: Axes, named: Sequence[Named], column: float, side: str) -> None:
    ranked = sorted(named, key=lambda n: n.y)
    true = [_height(axes, n.y) for n in ranked]
    gap = LINE / (_inches(axes)[1] * 72)
    for n, height in zip(ranked, spread(true, gap), strict=True):
        away = -4 if side == "right" else 4  # points between the line and the name
        axes.annotate(
            drawable(n.name),
            (column, height),
            (away, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=SIZE,
            fontweight="bold" if n.bold else "normal",
            family=families(),
            color=n.colour,
            parse_math=False,
            annotation_clip=False,
        )
        _join(axes, n, (column, height))


def _join(axes: Axes, named: Named, place: tuple[float, float]) -> None:
    """Draw the line from a name to its point, or to the end of its line."""
    across = named.x is None
    axes.annotate(
        "",
        place,
        (1.0 if named.x is None else named.x, named.y),
        xycoords="axes fraction",
        textcoords=("axes fraction", "data") if across else "data",
        arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.9, "shrinkA": 0,
                    "shrinkB": 0},
        annotation_clip=False,
        zorder=1,
    )  # fmt: skip


def _width(axes: Axes, named: Named) -> float:
    """Measure a name, in the axes' width."""
    drawn = axes.text(0, 0, drawable(named.name), fontsize=SIZE, family=families(),
                      parse_math=False)  # fmt: skip
    extent = drawn.get_window_extent()
    drawn.remove()
    return float(extent.width / axes.get_window_extent().width)


def _height(axes: Axes, y: float) -> float:
    place: npt.NDArray[np.floating] = axes.transData.transform((1.0, y))
    return float(axes.transAxes.inverted().transform(place)[1])


def _inches(axes: Axes) -> tuple[float, float]:
    extent = axes.get_window_extent()
    dpi = axes.figure.dpi
    return float(extent.width / dpi), float(extent.height / dpi)
