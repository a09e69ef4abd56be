"""The gates of one unit over a text: how far each is open, and what that does."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.labels import spread
from keraslm.figures.shaded_text import shown
from keraslm.figures.style import BLUE, GREEN, GREY, INK, ORANGE

WORDS = {
    "i": "i: what is written",
    "f": "f: what is kept",
    "o": "o: what is shown",
    "z": "z: what is kept",
    "r": "r: what g sees of h",
    "g": "g: new content",
    "c": "c: cell",
    "h": "h: output",
}
LINES = {
    "g": (GREEN, "dotted", "^"),
    "c": (ORANGE, "solid", "o"),
    "h": (BLUE, "dashed", "s"),
}
MOST = 60  # tokens of a picture


def gates_figure(table: pd.DataFrame, title: str, subtitle: str = "") -> Figure:
    """Draw a row a gate, a square a token, filled as far as it is open, and the states.

    `table` is that of `keraslm.probes.Gates`. The lower axes have a line for each of g,
    c and h.
    Raises: UsageError for more tokens than a picture has room for.
    """
    if len(table) > MOST:
        raise UsageError(
            f"a picture has room for the gates at {MOST} tokens; received {len(table)}:"
            " give a shorter text"
        )
    gates = [name for name in table if name not in ("token", *LINES)]
    states = [name for name in table if name in LINES]
    height = 0.62 * len(gates)
    figure = Figure((max(7.0, 0.42 * len(table) + 1), height + 4.6), facecolor="white")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, 1, height_ratios=(height, 3.2), hspace=0.06)
    above, below = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    style.add_title(above, title, subtitle)
    _draw_gates(above, table, gates)
    _draw_states(below, table, states)
    return figure


def _draw_gates(axes: Axes, table: pd.DataFrame, gates: list[str]) -> None:
    axes.set(xlim=(-0.5, len(table) - 0.5), ylim=(len(gates) - 0.5, -0.5))
    axes.set_axis_off()
    for row, name in enumerate(gates):
        for place, value in enumerate(table[name]):
            _draw_gate(axes, place, row, float(value))
        axes.annotate(
            WORDS.get(name, name),
            (1, row),
            (10, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            color=INK,
            fontsize=style.LABEL_SIZE,
        )


def _draw_gate(axes: Axes, place: int, row: int, value: float) -> None:
    """Draw a square, filled from the bottom: full is 1, open; empty is 0, shut."""
    left, side = place - 0.4, 0.8
    full = Rectangle((left, row + 0.4 - side * value), side, side * value, fc=INK)
    frame = Rectangle((left, row - 0.4), side, side, fc="none", ec=GREY, lw=1)
    axes.add_patch(full)
    axes.add_patch(frame)


def _draw_states(axes: Axes, table: pd.DataFrame, states: list[str]) -> None:
    style.plain_axes(axes)
    axes.axhline(0, color=GREY, linewidth=1)
    places = range(len(table))
    for name in states:
        colour, dashes, form = LINES[name]
        axes.plot(places, table[name], linestyle=dashes, marker=form, color=colour,
                  linewidth=2.5, markersize=6, label=name)  # fmt: skip
    axes.set_xlim(-0.5, len(table) - 0.5)
    _label(axes, table, states)
    names = [drawable(style.shortened(shown(str(t)), 16)) for t in table["token"]]
    upright = max(map(len, names)) > 1
    axes.set_xticks(list(places), names, rotation=90 if upright else 0)
    for label in axes.get_xticklabels():
        label.set(family=families(), fontsize=style.NOTE_SIZE, parse_math=False)
    axes.set_ylabel("value", fontsize=style.LABEL_SIZE, color=INK)
    axes.set_xlabel("token that is read", fontsize=style.LABEL_SIZE, color=INK)


def _label(axes: Axes, table: pd.DataFrame, states: list[str]) -> None:
    """Name the lines at the right edge, none over another."""
    low, high = axes.get_ylim()
    ends = sorted((float(table[name].iloc[-1]), name) for name in states)
    heights = spread([(value - low) / (high - low) for value, _ in ends], 0.1)
    for height, (_, name) in zip(heights, ends, strict=True):
        axes.annotate(WORDS.get(name, name), (1, height), (10, 0), va="center",
                      xycoords="axes fraction", textcoords="offset points",
                      color=LINES[name][0], fontweight="bold",
                      fontsize=style.LABEL_SIZE)  # fmt: skip
