"""The norm of a gradient against the lag, a line a model, on a logarithmic axis."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keraslm.figures import style
from keraslm.figures.fonts import drawable
from keraslm.figures.labels import label_right_ends
from keraslm.figures.style import INK, SERIES

if TYPE_CHECKING:
    from keraslm.probes import GradientNorms

DASHES = ("solid", "dashed", "dashdot", "dotted")
LOWEST = 1e-30  # a smaller norm is not drawn: in 32 bits it is 0, or nearly


def draw_gradient_norms(
    models: "Sequence[tuple[str, GradientNorms]]",
    path: str | os.PathLike[str],
    title: str = "How far back a loss reaches",
) -> None:
    """Draw `gradient_norms_figure` to a file.

    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    style.save_figure(gradient_norms_figure(models, title), path)


def gradient_norms_figure(
    models: "Sequence[tuple[str, GradientNorms]]",
    title: str = "How far back a loss reaches",
) -> Figure:
    """Draw the joint gradient norms of (name, norms) pairs by their lags.

    A straight line is a gradient that shrinks by the same factor at every step.
    """
    figure, axes = style.new_figure()
    what = "norm of the loss's gradient with respect to the states so many steps before"
    style.add_title(axes, title, what)
    lines = [_drawn(norms) for _, norms in models]
    _scale(axes, np.concatenate([values for _, values in lines] or [np.ones(0)]))
    labels = []
    for number, (lags, values) in enumerate(lines):
        colour, dashes = SERIES[number % len(SERIES)], DASHES[number % len(DASHES)]
        axes.plot(lags, values, linestyle=dashes, color=colour, linewidth=3)
        if len(values):
            name = drawable(style.shortened(models[number][0], 24))
            labels.append((float(values[-1]), name, colour))
    label_right_ends(axes, labels)
    return figure


def _drawn(norms: "GradientNorms") -> tuple[np.ndarray, np.ndarray]:
    """Give the lags and norms that have a place on a logarithmic axis."""
    shown = np.isfinite(norms.joint) & (norms.joint > LOWEST)
    return norms.lags[shown], norms.joint[shown]


def _scale(axes: Axes, values: np.ndarray) -> None:
    axes.set_yscale("log")
    low, high = (values.min(), values.max()) if len(values) else (0.1, 1.0)
    margin = max((high / low) ** 0.05, 1.1)
    axes.set_ylim(low / margin, high * margin)
    axes.yaxis.set_major_locator(ticker.LogLocator(numticks=8))
    axes.yaxis.set_minor_locator(ticker.NullLocator())
    whole = ticker.MaxNLocator(8, steps=[1, 2, 5, 10], integer=True)
    axes.xaxis.set_major_locator(whole)
    axes.grid(axis="y", color=style.GRID, linewidth=1)
    axes.set_xlabel("lag in steps", fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel("norm (log scale)", fontsize=style.LABEL_SIZE, color=INK)
