"""The search for a learning rate: loss against the rate, on a logarithmic axis."""

import os

import pandas as pd
from matplotlib.axes import Axes

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.style import BLUE, GREEN, INK, LIGHT, ORANGE

HEADROOM = 0.12  # of the fall, above the loss at the start and below the lowest


def draw_find_rate(
    curve: pd.DataFrame,
    path: str | os.PathLike[str],
    suggestion: float | None = None,
    rises_at: float | None = None,
    title: str = "Which learning rate?",
) -> None:
    """Draw the loss of each step, and smoothed, and mark the rate to train with.

    `curve` has the columns rate, loss and smoothed, as in `learning_rate.csv`.
    Raises: UsageError if there is no step, or `path` is not a picture's name in an
        existing folder.
    """
    style.check_picture_path(path)
    if not len(curve):
        raise UsageError("a curve of the loss needs a step or more; received 0")
    figure, axes = style.new_figure()
    style.add_title(axes, title, _subtitle(curve))
    axes.set_xscale("log")
    axes.plot(curve["rate"], curve["loss"], "o", color=LIGHT, markersize=5, zorder=2)
    axes.plot(curve["rate"], curve["smoothed"], color=BLUE, linewidth=3.5, zorder=3)
    _scale(axes, curve)
    if rises_at is not None:
        _mark(axes, curve, rises_at, f"rises from {rises_at:.2g}", ORANGE, "left")
    if suggestion is not None:
        _mark(axes, curve, suggestion, f"try {suggestion:.2g}", GREEN, "right")
    _name_axes(axes)
    style.save_figure(figure, path)


def _subtitle(curve: pd.DataFrame) -> str:
    return f"{len(curve)} steps while the rate rises; dots: their loss, line: smoothed"


def _scale(axes: Axes, curve: pd.DataFrame) -> None:
    """Leave out the far end of a loss that exploded."""
    start, lowest = float(curve["smoothed"].iloc[0]), float(curve["smoothed"].min())
    margin = max(HEADROOM * (start - lowest), 0.05)
    axes.set_ylim(lowest - 3 * margin, start + 2 * margin)


def _mark(
    axes: Axes, curve: pd.DataFrame, rate: float, text: str, colour: str, side: str
) -> None:
    """Mark the step nearest to a rate: a line down to the axis, and its name.

    The line touches the left or the right side of the name.
    """
    row = (curve["rate"] / rate - 1).abs().argmin()
    height = float(curve["smoothed"].iloc[row])
    bottom = axes.get_ylim()[0]
    axes.vlines(rate, bottom, height, color=colour, linewidth=2.5, zorder=2)
    axes.plot(rate, height, "o", color=colour, markersize=12, zorder=4)
    axes.annotate(
        text,
        (rate, bottom),
        (8 if side == "left" else -8, 14),
        textcoords="offset points",
        ha=side,
        fontsize=style.LABEL_SIZE,
        fontweight="bold",
        color=colour,
    )


def _name_axes(axes: Axes) -> None:
    axes.grid(axis="y", color=style.GRID, linewidth=1)
    size = style.LABEL_SIZE
    axes.set_xlabel("learning rate (log scale)", fontsize=size, color=INK)
    axes.set_ylabel("loss, nats a token", fontsize=size, color=INK)
