"""Agreement of verbs: the accuracy of models by attractors, with 95% intervals."""

import pandas as pd
from matplotlib.figure import Figure

from keraslm.figures import style
from keraslm.figures.accuracy_lines import accuracy_lines
from keraslm.figures.style import GREY

AXES = {
    "attractors": "attractors: nouns of the other number before the verb",
    "distance": "words from the subject to the verb",
}


def agreement_figure(
    table: pd.DataFrame, title: str, subtitle: str = "", by: str = "attractors"
) -> Figure:
    """Draw a line a model: its accuracy in each group of verbs.

    `table` has the columns model, by, group, n, accuracy, low and high, as the tables
    of `keraslm.agreement.Agreement` have; `by` is "attractors" or "distance". A group
    without verbs has no point.
    """
    names = AXES[by], "verbs that agree"
    figure, axes = accuracy_lines(table, by, title, subtitle, names)
    axes.axhline(0.5, color=GREY, linestyle=":", linewidth=2, zorder=1)
    axes.annotate("chance", (0, 0.5), (4, 5), xycoords=("axes fraction", "data"),
                  textcoords="offset points", color=GREY,
                  fontsize=style.NOTE_SIZE)  # fmt: skip
    return figure
