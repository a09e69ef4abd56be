"""The confusion: of the words of each tag, the share that got each tag."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from keraslm.figures import style
from keraslm.figures.fonts import drawable, families

DARK = 0.55  # a share above this is written in white
LONGEST = 16  # characters of a tag
MOST = 40  # tags; the commonest are drawn


def draw_confusion(
    tags: Sequence[str],
    confusion: np.ndarray,
    path: str | os.PathLike[str],
    title: str,
    subtitle: str = "",
) -> None:
    """Draw a row for each tag of the text, a column for each tag that was given.

    A tag that neither occurs nor is given is left out, and so are the rarest of more
    than 40. Each cell has its number of
    words; its colour is the share of its row.

    Shapes: confusion (tags, tags), rows the text's tags
    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    totals = confusion.sum(axis=0) + confusion.sum(axis=1)
    commonest = np.argsort(-totals, kind="stable")[:MOST]
    used = np.sort(commonest[totals[commonest] > 0])
    counts = confusion[np.ix_(used, used)]
    names = [drawable(style.shortened(tags[k], LONGEST)) for k in used]
    size = max(4.5, 0.62 * len(names))
    figure, axes = style.new_figure(size + 1.5, size)
    style.add_title(axes, title, subtitle)
    sums = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(sums, 1)
    colours = LinearSegmentedColormap.from_list("share", ["white", style.BLUE])
    axes.imshow(shares, colours, vmin=0, vmax=1, aspect="auto")
    for (row, column), number in np.ndenumerate(counts):
        if number:
            colour = "white" if shares[row, column] > DARK else style.INK
            axes.text(
                column,
                row,
                f"{number:,}",
                ha="center",
                va="center",
                fontsize=style.NOTE_SIZE - 3,
                color=colour,
            )
    places = range(len(names))
    given: dict[str, Any] = {
        "fontsize": style.NOTE_SIZE,
        "family": families(),
        "parse_math": False,
    }
    axes.set_xticks(places, names, rotation=90, **given)
    axes.set_yticks(places, names, **given)
    axes.set_xlabel("given by the model", fontsize=style.LABEL_SIZE)
    axes.set_ylabel("of the text", fontsize=style.LABEL_SIZE)
    style.save_figure(figure, path)
