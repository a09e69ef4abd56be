"""The comparison: one horizontal bar a model, best at the top, the floor as lines."""

import math
import os
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib import ticker
from matplotlib.axes import Axes

from keraslm.figures import style
from keraslm.figures.floor import Line
from keraslm.figures.fonts import drawable, families
from keraslm.figures.style import BLUE, GREY, INK, LIGHT

LOG_FROM = 6.0  # a largest over smallest perplexity where a linear axis reads badly
PERPLEXITY = "perplexity"


class Bar(NamedTuple):
    """A model's name and figure, and a second figure where the two differ."""

    name: str
    value: float
    second: float | None = None


def draw_comparison(
    bars: Sequence[Bar],
    path: str | os.PathLike[str],
    lines: Sequence[Line] = (),
    title: str = "Perplexity on the same text",
    subtitle: str = "lower is better",
    unit: str = PERPLEXITY,
    meanings: tuple[str, str] = ("known tokens", "all tokens"),
) -> None:
    """Draw the figures of models, best first, each named and with its number.

    A linear axis starts at 0. A logarithmic one, of perplexities alone, starts at 1, so
    that there a bar's length is the cross-entropy in nats. Where a bar has a second
    figure, a thin one below it, `meanings` are written at the numbers.
    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    both = any(bar.second is not None for bar in bars)
    height = 2.6 + (0.95 if both else 0.62) * max(len(bars), 2)
    figure, axes = style.new_figure(height=height + 0.3 * len(lines))
    style.add_title(axes, title, subtitle)
    values = [v for bar in bars for v in bar[1:] if v is not None and _is_finite(v)]
    _scale(axes, values + [line.value for line in lines], unit)
    for row, bar in enumerate(bars):
        _draw_model(axes, row, bar, meanings if both else ("", ""))
        _name_bar(axes, row, bar.name)
    bottom = max(len(bars), 2) - 0.5
    _finish(axes, bottom + 0.4 * (len(lines) + 0.5))
    for number, line in enumerate(lines):
        _draw_line(axes, line, bottom + 0.4 * (number + 0.5))
    style.save_figure(figure, path)


def _is_finite(value: float) -> bool:
    return value < style.LARGEST


def _scale(axes: Axes, values: list[float], unit: str) -> None:
    low, high = (min(values), max(values)) if values else (1.0, 10.0)
    if high / max(low, 1.0) < LOG_FROM or unit != PERPLEXITY:
        axes.set_xlim(0, high * 1.12)
        axes.xaxis.set_major_locator(ticker.MaxNLocator(6, steps=[1, 2, 5, 10]))
        label = unit
    else:
        axes.set_xscale("log")
        axes.set_xlim(1, high**1.12)
        subs = (1, 2, 5) if high < 2000 else (1,)
        axes.xaxis.set_major_locator(ticker.LogLocator(subs=subs, numticks=20))
        label = f"{unit} (log scale from 1: a bar's length is its nats a token)"
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.4g}")
    axes.set_xlabel(label, fontsize=style.LABEL_SIZE, color=INK)


def _draw_model(axes: Axes, row: int, bar: Bar, meanings: tuple[str, str]) -> None:
    colour = BLUE if row == 0 else LIGHT
    if bar.second is None:
        text = _written(bar.value, meanings[0])
        _draw_bar(axes, row, 0.66, bar.value, colour, text)
        return
    _draw_bar(
        axes, row - 0.14, 0.48, bar.value, colour, _written(bar.value, meanings[0])
    )
    text = _written(bar.second, meanings[1])
    _draw_bar(axes, row + 0.26, 0.16, bar.second, GREY, text, bold=False)


def _written(value: float, meaning: str) -> str:
    without = "undefined" if math.isnan(value) else "infinite"
    number = style.figure_number(value) if _is_finite(value) else without
    return f"{number} {meaning}".rstrip()


def _draw_bar(
    axes: Axes,
    place: float,
    height: float,
    value: float,
    colour: str,
    text: str,
    bold: bool = True,
) -> None:
    start, end = axes.get_xlim()
    finite = _is_finite(value)
    stop = value if finite else end
    axes.barh(
        place,
        stop - start,
        left=start,
        height=height,
        color=colour if finite else "white",
        edgecolor=colour,
        hatch=None if finite else "//",
        zorder=2,
    )
    axes.annotate(
        text,
        (stop, place),
        (8, 0),
        textcoords="offset points",
        va="center",
        fontsize=style.LABEL_SIZE if bold else style.NOTE_SIZE,
        fontweight="bold" if bold else "normal",
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        annotation_clip=False,
        zorder=5,
    )


def _name_bar(axes: Axes, row: int, name: str) -> None:
    axes.annotate(
        "\n".join(textwrap.wrap(drawable(style.shortened(name, 64)), 34)),
        (0, row),
        (-10, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=style.LABEL_SIZE,
        family=families(),
        color=INK,
        parse_math=False,
        annotation_clip=False,
    )


def _draw_line(axes: Axes, line: Line, place: float) -> None:
    """Draw a line over the bars, and its name below them, where there is room."""
    axes.axvline(line.value, color="white", linewidth=6, alpha=0.6, zorder=3)
    line.draw(axes, across=False)
    at_right = axes.transAxes.inverted().transform(
        axes.transData.transform((line.value, 0))
    )[0] > 0.6  # fmt: skip
    axes.annotate(
        line.label,
        (line.value, place),
        (-8 if at_right else 8, 0),
        textcoords="offset points",
        ha="right" if at_right else "left",
        va="center",
        fontsize=style.NOTE_SIZE,
        fontweight="bold",
        color=line.colour,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        annotation_clip=False,
        zorder=5,
    )


def _finish(axes: Axes, bottom: float) -> None:
    axes.set_ylim(bottom, -0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=style.GRID, linewidth=1)
    axes.tick_params(axis="x", color=GREY)
