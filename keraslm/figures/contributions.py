"""Backpropagation through time, step by step: what each use of U adds to each loss."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.shaded_text import shown
from keraslm.figures.style import INK

MOST = 60  # steps of a picture
START = "start"  # what the first step reads
DECADES = 6  # smaller contributions are white


def contributions_figure(
    norms: pd.DataFrame, tokens: Sequence[str], title: str, subtitle: str = ""
) -> Figure:
    """Draw the norms of `Contributions`: a row a loss, a column a use of U.

    `tokens` are what the losses predict; a use reads the token before.
    Raises: UsageError for a window of more steps than a picture has room for.
    """
    if len(norms) > MOST:
        raise UsageError(
            f"a picture has room for a window of {MOST} tokens; received {len(norms)}: "
            "give a shorter text"
        )
    side = max(5.5, 0.32 * len(norms) + 1.2)
    figure, axes = style.new_figure(side * 1.18, side)
    style.add_title(axes, title, subtitle)
    values = norms.to_numpy()
    largest = float(values.max()) or 1.0
    scale = LogNorm(largest / 10**DECADES, largest)
    shades = np.where(values > 0, values, np.nan)
    image = axes.imshow(shades, cmap="Blues", norm=scale, aspect="auto")
    key = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.045)
    key.outline.set_visible(False)
    key.ax.tick_params(labelsize=style.NOTE_SIZE, colors=INK)
    key.set_label("norm of the contribution (log scale)", fontsize=style.NOTE_SIZE)
    _name(axes, tokens)
    return figure


def _name(axes: Axes, tokens: Sequence[str]) -> None:
    names = [drawable(style.shortened(shown(token), 14)) for token in tokens]
    read = [START, *names[:-1]]
    axes.set_xticks(range(len(names)), read, rotation=90)
    axes.set_yticks(range(len(names)), names)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set(family=families(), fontsize=style.NOTE_SIZE, parse_math=False)
    axes.tick_params(length=0)
    size = style.LABEL_SIZE
    axes.set_xlabel("use of U: the token that the step reads", fontsize=size, color=INK)
    axes.set_ylabel("loss: the token that is predicted", fontsize=size, color=INK)
