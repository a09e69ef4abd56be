"""What is translated exactly, by the length of the source, with 95% intervals."""

import os

import pandas as pd
from matplotlib.figure import Figure

from keraslm.figures import style
from keraslm.figures.accuracy_lines import accuracy_lines

INTERVALS = "exact match: the whole output is the target; bars: 95% intervals (Wilson)"


def accuracy_by_length_figure(
    table: pd.DataFrame, title: str, unit: str = "tokens", subtitle: str = INTERVALS
) -> Figure:
    """Draw a line a model: the share of outputs that are right, by length.

    `table` is a `keraslm.tasks.pair_card.length_table`; `unit` is what a length counts.
    """
    names = f"{unit} of the source", "exact match"
    figure, _ = accuracy_lines(table, "length", title, subtitle, names)
    return figure


def draw_accuracy_by_length(
    table: pd.DataFrame,
    path: str | os.PathLike[str],
    title: str,
    unit: str = "tokens",
) -> None:
    """Write the figure as a picture.

    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    style.save_figure(accuracy_by_length_figure(table, title, unit), path)
