"""Names beside points, as few as can be over another.

Everything that is drawn is kept as boxes [x, y, half the width, half the height], in
points of 1/72 inch: dots, names, and small boxes along the lines that lead to names.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from keraslm.figures import style
from keraslm.figures.fonts import families

POINTS_PER_INCH = 72
DOT = 4.0  # points from a dot's middle to its edge
GAPS = (3.0, 9.0, 15.0, 22.0, 30.0, 40.0, 52.0, 66.0)  # points from a dot to its name
LED = 9.0  # a name at this gap or a wider one has a line
TURNS = 16  # directions in which a name may lie
OUTSIDE = 10.0  # a name outside of the axes is worse than one over another
PADDING = 2.0  # dots of the picture around a name
MARKS = np.linspace(0.3, 0.9, 6)  # places along a line that are kept free
MARK = 2.0  # points to each side of them

Array = npt.NDArray[np.float64]


def label_points(
    axes: Axes, points: npt.NDArray[np.floating], texts: Sequence[str]
) -> None:
    """Write a text beside each point; the first ones have the first choice.

    Each takes the place with the least of other names, dots and lines under it, the
    nearest of equals, and as little as can be outside of the axes. A line leads from a
    dot to a name that is not next to it.

    Shapes: points (texts, 2), in the units of the axes, whose limits are set
    """
    axes.apply_aspect()
    scale = POINTS_PER_INCH / axes.figure.dpi
    dots = np.full((len(points), 4), DOT)
    dots[:, :2] = axes.transData.transform(points) * scale
    taken, frame = dots, axes.bbox.get_points() * scale
    for number, text in enumerate(texts):
        dot = dots[number]
        ways = _ways(dot, _half_size(axes, text) * scale)
        others = np.delete(taken, number, axis=0)
        covered = overlap(ways, others).sum(axis=(1, 2))
        best = int(np.argmin(np.round(covered + OUTSIDE * beyond(ways[:, 0], frame))))
        taken = np.concatenate([taken, ways[best]])
        led = best >= TURNS * GAPS.index(LED)
        _write(axes, points[number], text, ways[best, 0, :2] - dot[:2], led)


def beyond(boxes: Array, frame: Array) -> Array:
    """Give the areas of boxes that lie outside of a frame.

    Shapes: boxes (boxes, 4), frame (2, 2), two opposite corners -> (boxes,)
    """
    low = np.maximum(boxes[:, :2] - boxes[:, 2:], frame[0])
    high = np.minimum(boxes[:, :2] + boxes[:, 2:], frame[1])
    inside: Array = np.maximum(high - low, 0).prod(axis=-1)
    return 4 * boxes[:, 2:].prod(axis=-1) - inside


def overlap(boxes: Array, others: Array) -> Array:
    """Give the areas that boxes share with others.

    Shapes: boxes (..., 4), others (others, 4) -> (..., others)
    """
    away = np.abs(boxes[..., None, :2] - others[:, :2])
    sides = boxes[..., None, 2:] + others[:, 2:] - away
    return np.maximum(sides, 0).prod(axis=-1)


def _half_size(axes: Axes, text: str) -> Array:
    """Measure half the width and half the height of a text, in dots of the picture."""
    size = style.NOTE_SIZE
    drawn = axes.text(0, 0, text, fontsize=size, family=families(), parse_math=False)
    extent = drawn.get_window_extent()
    drawn.remove()
    return np.array([extent.width, extent.height]) / 2 + PADDING


def _ways(dot: Array, half: Array) -> Array:
    """Give the ways to write a name: its box, then those along the line to it.

    Near ones come first, and of these the one to the right.
    Shapes: (GAPS x TURNS, 1 + MARKS, 4)
    """
    turns = np.array(sorted(range(TURNS), key=lambda turn: min(turn, TURNS - turn)))
    angles = 2 * np.pi * turns / TURNS
    around = np.stack([np.cos(angles), np.sin(angles)], axis=1)  # (TURNS, 2)
    away = DOT + half + np.array(GAPS)[:, None]  # (GAPS, 2)
    offsets = (away[:, None] * around).reshape(-1, 1, 2)
    ways = np.full((len(offsets), 1 + len(MARKS), 4), MARK)
    ways[:, :1, 2:] = half
    ways[:, :1, :2] = dot[:2] + offsets
    ways[:, 1:, :2] = dot[:2] + offsets * MARKS[:, None]
    return ways


def _write(axes: Axes, point: Array, text: str, offset: Array, led: bool) -> None:
    line = {"arrowstyle": "-", "color": style.GREY, "linewidth": 0.8}
    axes.annotate(
        text,
        tuple(point),
        tuple(offset),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=style.NOTE_SIZE,
        family=families(),
        color=style.INK,
        arrowprops={**line, "shrinkA": 0, "shrinkB": DOT} if led else None,
        parse_math=False,
        annotation_clip=False,
    )
