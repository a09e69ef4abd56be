"""Reliability: how often answers of a probability are right."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from keraslm.figures import style


def draw_reliability(
    bins: Sequence[Mapping[str, Any]],
    path: str | os.PathLike[str],
    title: str,
    subtitle: str = "",
) -> None:
    """Draw a bar for each bin of probabilities, as high as the share that is right.

    Probabilities that are calibrated have their points, the mean probability of a bin
    and its share, on the diagonal. Each bar has its number of answers.

    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    figure, axes = style.new_figure(7.4, 6.2)
    style.add_title(axes, title, subtitle)
    for each in bins:
        width, right = each["to"] - each["from"], each["accuracy"]
        axes.bar(
            each["from"], right, 0.94 * width, align="edge", color=style.LIGHT, zorder=2
        )
        axes.text(
            (each["from"] + each["to"]) / 2,
            0.02,
            f"{each['n']:,}",
            ha="center",
            fontsize=style.NOTE_SIZE - 3,
            color=style.INK,
            zorder=4,
        )
    axes.plot([0, 1], [0, 1], color=style.GREY, linestyle="--", zorder=3)
    sure = [each["probability"] for each in bins]
    right = [each["accuracy"] for each in bins]
    axes.plot(sure, right, "o", color=style.BLUE, zorder=5, clip_on=False)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("probability of the label given", fontsize=style.LABEL_SIZE)
    axes.set_ylabel("share that is right", fontsize=style.LABEL_SIZE)
    style.save_figure(figure, path)
