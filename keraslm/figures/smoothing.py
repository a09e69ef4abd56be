"""One history: the counts after it, and a panel a smoothing."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.shaded_text import shown
from keraslm.figures.style import BLUE, GREY, INK, LIGHT

HEADS = {
    "count": "count",
    "mle": "MLE",
    "additive": "additive",
    "absolute-discounting": "absolute\ndiscounting",
    "katz": "Katz",
    "jelinek-mercer": "Jelinek-\nMercer",
    "witten-bell": "Witten-\nBell",
    "kneser-ney": "Kneser-\nNey",
    "modified-kneser-ney": "modified\nKneser-Ney",
}


def smoothing_figure(table: pd.DataFrame, title: str, subtitle: str = "") -> Figure:
    """Draw a panel of bars a column of a `continuation_table`, its number at each bar.

    Tokens that never follow the history are pale, so that what a smoothing gives them
    is seen; a black mark is the maximum likelihood.
    """
    panels = len(table.columns)
    figure = Figure((1.75 * panels, 1.6 + 0.5 * len(table)), facecolor="white")
    FigureCanvasAgg(figure)
    figure.subplots_adjust(left=0, right=1, wspace=0.12)
    top = float(table.drop(columns="count").iloc[:-1].to_numpy().max())
    for k, name in enumerate(table.columns):
        axes = figure.add_subplot(1, panels, k + 1)
        limit = float(table["count"].max()) if name == "count" else top
        _draw(axes, table, str(name), 1.9 * limit)
        if not k:
            _name_rows(axes, table)
            style.add_title(axes, title, subtitle, above=36)
    return figure


def _draw(axes: Axes, table: pd.DataFrame, name: str, limit: float) -> None:
    axes.set(xlim=(0, limit), ylim=(len(table) - 0.4, -0.6), xticks=[], yticks=[])
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(GREY)
    seen = table["count"] > 0
    for row, value in enumerate(table[name]):
        colour = GREY if name == "count" else BLUE if seen.iloc[row] else LIGHT
        mark = 0.0 if name in ("count", "mle") else float(table["mle"].iloc[row])
        _bar(axes, row, (float(value), mark), limit, colour, name == "count")
    axes.set_title(HEADS.get(name, name), fontsize=style.LABEL_SIZE, color=INK,
                   loc="left")  # fmt: skip


def _bar(
    axes: Axes,
    row: int,
    values: tuple[float, float],
    limit: float,
    colour: str,
    is_count: bool,
) -> None:
    """Draw a bar to the first value, a mark at the second, and write the first."""
    value, mark = values
    drawn = min(value, 0.55 * limit)
    is_cut = value > drawn
    axes.barh(row, drawn, height=0.6, color=colour, hatch="//" if is_cut else None,
              edgecolor="white" if is_cut else colour, linewidth=0)  # fmt: skip
    written = f"{value:,.0f}" if is_count else _probability(value)
    if 0 < mark < 0.55 * limit:
        axes.plot((mark, mark), (row - 0.36, row + 0.36), color=INK, lw=2)
        drawn = max(drawn, mark)
    axes.annotate(written, (drawn, row), (6, 0), textcoords="offset points",
                  va="center", fontsize=style.NOTE_SIZE, color=INK)  # fmt: skip


def _probability(value: float) -> str:
    if value == 0:
        return "0"
    digits = max(2 - math.floor(math.log10(value)) - 1, 2)
    return f"{value:.{digits}f}" if digits < 7 else f"{value:.0e}"


def _name_rows(axes: Axes, table: pd.DataFrame) -> None:
    for row, token in enumerate(table.index):
        axes.annotate(
            drawable(style.shortened(shown(str(token)), 24)),
            (0, row),
            (-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=style.LABEL_SIZE,
            family=families(),
            color=INK,
            parse_math=False,
        )
