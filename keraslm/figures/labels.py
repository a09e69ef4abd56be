"""Labels written at the curves' right ends, in place of a legend."""

from matplotlib.axes import Axes

from keraslm.figures import style
from keraslm.figures.fonts import families

GAP = 0.075  # of the axes' height: one line of type at LABEL_SIZE


def label_right_ends(axes: Axes, labels: list[tuple[float, str, str]]) -> None:
    """Write (value, text, colour) beside the right edge, none over another.

    The axes have their vertical limits already set.
    """
    labels = sorted(labels)
    heights = spread([height_of(axes, value) for value, _, _ in labels], GAP)
    for height, (_, text, colour) in zip(heights, labels, strict=True):
        axes.annotate(
            text,
            (1, height),
            (14, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=style.LABEL_SIZE,
            family=families(),
            fontweight="bold",
            color=colour,
            va="center",
            parse_math=False,
            annotation_clip=False,
        )


def height_of(axes: Axes, value: float) -> float:
    """Give a value's height in the axes, 0 at the bottom and 1 at the top."""
    place = axes.transData.transform((1.0, value))
    return float(axes.transAxes.inverted().transform(place)[1])


def spread(heights: list[float], gap: float) -> list[float]:
    """Move sorted heights up, then down from the top, until they are `gap` apart."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    ceiling = 1.0
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - gap
    return placed
