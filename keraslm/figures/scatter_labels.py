"""Names beside points, as few as can be over another."""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from keraslm.figures import style
from keraslm.figures.fonts import families

DOT = 4.0  # points from a dot's middle to its edge
NEAR, FAR, RINGS = 3.0, 34.0, 6  # points between a dot and its name
TURNS = 16  # directions in which a name may lie
POINTS_PER_INCH = 72


class Box(NamedTuple):
    """A rectangle, by its middle and half its sides, in points."""

    x: float
    y: float
    half_width: float
    half_height: float

    def overlap(self, other: "Box") -> float:
        """Give the area that two rectangles share."""
        across = self.half_width + other.half_width - abs(self.x - other.x)
        along = self.half_height + other.half_height - abs(self.y - other.y)
        return max(across, 0.0) * max(along, 0.0)


def label_points(
    axes: Axes, points: npt.NDArray[np.floating], texts: Sequence[str]
) -> None:
    """Write a text beside each point; the first ones have the first choice.

    Each takes the place with the least of other names and dots under it, the nearest of
    equals. A line leads from a dot to a name that is not next to it.

    Shapes: points (texts, 2), in the units of the axes, whose limits are set
    """
    axes.apply_aspect()
    scale = POINTS_PER_INCH / axes.figure.dpi
    dots = [Box(*dot, DOT, DOT) for dot in axes.transData.transform(points) * scale]
    taken = list(dots)
    for point, dot, text in zip(points, dots, texts, strict=True):
        half = _half_size(axes, text, scale)
        place = min(_places(dot, *half), key=lambda box: _covered(box, taken))
        taken.append(place)
        _write(axes, tuple(point), text, dot, place)


def _covered(box: Box, taken: list[Box]) -> float:
    return round(sum(box.overlap(other) for other in taken))


def _half_size(axes: Axes, text: str, scale: float) -> tuple[float, float]:
    """Measure half the width and half the height of a text, in points."""
    drawn = axes.text(
        0, 0, text, fontsize=style.NOTE_SIZE, family=families(), parse_math=False
    )
    extent = drawn.get_window_extent(axes.figure.canvas.get_renderer())
    drawn.remove()
    return extent.width * scale / 2, extent.height * scale / 2


def _places(dot: Box, half_width: float, half_height: float) -> Iterator[Box]:
    """Yield places around a dot, near ones first, the right side first."""
    for gap, turn in itertools.product(
        np.linspace(NEAR, FAR, RINGS).tolist(), range(TURNS)
    ):
        side = (turn + 1) // 2 * (-1) ** turn  # 0, -1, 1, -2, 2 ..
        angle = 2 * math.pi * side / TURNS
        away_x = (dot.half_width + gap + half_width) * math.cos(angle)
        away_y = (dot.half_height + gap + half_height) * math.sin(angle)
        yield Box(dot.x + away_x, dot.y + away_y, half_width, half_height)


def _write(
    axes: Axes, point: tuple[float, ...], text: str, dot: Box, place: Box
) -> None:
    offset = place.x - dot.x, place.y - dot.y
    beside = abs(offset[0]) - place.half_width, abs(offset[1]) - place.half_height
    far = math.hypot(*(max(side, 0.0) for side in beside)) > 2 * DOT + NEAR
    line = {"arrowstyle": "-", "color": style.GREY, "linewidth": 0.8, "shrinkB": DOT}
    axes.annotate(
        text,
        point,
        offset,
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=style.NOTE_SIZE,
        family=families(),
        color=style.INK,
        arrowprops={**line, "shrinkA": 0} if far else None,
        parse_math=False,
        annotation_clip=False,
    )
