"""Bits a character against the limit of the vocabulary."""

import pandas as pd
from matplotlib import ticker
from matplotlib.figure import Figure

from keraslm.figures import style
from keraslm.figures.labels import spread
from keraslm.figures.style import BLUE, GREY, INK, ORANGE

LINES = {
    "bits": ("unknown words spelt", BLUE, "solid", "o"),
    "without spelling": ("<unk> is all that is paid", ORANGE, "dashed", "s"),
}


def vocabulary_figure(table: pd.DataFrame, title: str, subtitle: str = "") -> Figure:
    """Draw a `vocabulary_table`, with the share of unknown tokens at each point."""
    figure, axes = style.new_figure()
    style.add_title(axes, title, subtitle)
    axes.set_xscale("log")
    top = float(table[[*LINES]].to_numpy().max())
    axes.set_ylim(0, 1.15 * top)
    ends = []
    for column, (name, colour, dashes, form) in LINES.items():
        axes.plot(table["vocabulary"], table[column], linestyle=dashes, marker=form,
                  lw=3, ms=9,
                  color=colour)  # fmt: skip
        ends.append((float(table[column].iloc[-1]) / (1.15 * top), name, colour))
    ends.sort()
    heights = spread([end[0] for end in ends], 0.075)
    for height, (_, name, colour) in zip(heights, ends, strict=True):
        axes.annotate(name, (1, height), (12, 0), xycoords="axes fraction",
                      textcoords="offset points", va="center", color=colour,
                      fontweight="bold", fontsize=style.LABEL_SIZE)  # fmt: skip
    for _, row in table.iterrows():
        place = (row["vocabulary"], row["bits"])
        axes.annotate(f"{row['unknown']:.1%}", place, (0, 12), ha="center", color=GREY,
                      textcoords="offset points", fontsize=style.NOTE_SIZE)  # fmt: skip
    axes.set_xticks(table["vocabulary"], [f"{v:,}" for v in table["vocabulary"]])
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.grid(axis="y", color=style.GRID, linewidth=1)
    below = "tokens of the vocabulary (log scale); at the points: unknown tokens"
    axes.set_xlabel(below, fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel("bits a character", fontsize=style.LABEL_SIZE, color=INK)
    return figure
