"""Accuracies of models in groups: a line a model, with 95% intervals and its name."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keraslm.figures import style
from keraslm.figures.fonts import drawable
from keraslm.figures.labels import label_right_ends
from keraslm.figures.style import INK, SERIES

FORMS = ("o", "s", "^", "D", "v", "P")
LIMITS = (-0.03, 1.04)
SHIFT = 0.05  # between the points of models, so that none hides another's interval


def accuracy_lines(
    table: pd.DataFrame,
    by: str,
    title: str,
    subtitle: str,
    names_of_axes: tuple[str, str],
) -> tuple[Figure, Axes]:
    """Draw a line a model: its accuracy in each group.

    `table` has the columns model, by, group, n, accuracy, low and high. The rows whose
    `by` is the one given are drawn, those of "all" are written beside the names. A
    group of n = 0 has no point.
    """
    rows = table[(table["by"] == by) & (table["n"] > 0)]
    groups = list(dict.fromkeys(table[table["by"] == by]["group"]))
    figure, axes = style.new_figure()
    style.add_title(axes, title, subtitle)
    axes.set_ylim(*LIMITS)
    ends = []
    for k, (name, own) in enumerate(rows.groupby("model", sort=False)):
        _draw(axes, own, groups, k)
        colour = SERIES[k % len(SERIES)]
        text = drawable(style.shortened(str(name), 24)) + _of_all(table, name)
        ends.append((float(own["accuracy"].iloc[-1]), text, colour))
    label_right_ends(axes, ends)
    counts = [_count(rows, group) for group in groups]
    axes.set_xticks(range(len(groups)), counts)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.grid(axis="y", color=style.GRID, linewidth=1)
    across, up = names_of_axes
    axes.set_xlabel(across, fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel(up, fontsize=style.LABEL_SIZE, color=INK)
    return figure, axes


def _draw(axes: Axes, own: pd.DataFrame, groups: Sequence[str], number: int) -> None:
    places = [groups.index(group) + SHIFT * number for group in own["group"]]
    share = own["accuracy"]
    reach = (share - own["low"], own["high"] - share)
    axes.errorbar(
        places,
        share,
        yerr=[side.clip(lower=0) for side in reach],
        color=SERIES[number % len(SERIES)],
        marker=FORMS[number % len(FORMS)],
        markersize=9,
        linewidth=3,
        elinewidth=2,
        capsize=5,
    )


def _of_all(table: pd.DataFrame, name: object) -> str:
    """Give the accuracy of a model on all verbs, where the table has it."""
    rows = table[(table["model"] == name) & (table["by"] == "all")]
    return "".join(f", {share:.1%} of all" for share in rows["accuracy"])


def _count(rows: pd.DataFrame, group: str) -> str:
    """Name a group, with the most that a model was asked for."""
    asked = rows[rows["group"] == group]["n"]
    return f"{group}\nn = {asked.max():,}" if len(asked) else f"{group}\nnone"
