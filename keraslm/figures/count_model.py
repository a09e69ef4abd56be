"""A count model: its n-grams, its perplexity and its smoothing, order by order."""

import math
import os
from collections.abc import Sequence
from typing import Any

from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keraslm.figures import style
from keraslm.figures.labels import spread
from keraslm.figures.style import BLUE, GREEN, GREY, INK, LIGHT, ORANGE

COLOURS = (BLUE, ORANGE, GREEN, GREY, INK, LIGHT)
TIMES = ("once", "twice", "3 times", "4 times", "5 times")
# The numbers that a smoothing has for each order, and what the axis calls them.
NUMBERS = {"discounts": "discount", "lambdas": "weight of the order"}
KATZ = "share of a count that stays"  # Katz multiplies where others subtract


def draw_count_model(
    by_order: Sequence[dict[str, Any]],
    smoothing: dict[str, Any],
    path: str | os.PathLike[str],
    title: str = "N-grams by order",
) -> None:
    """Draw how many n-grams each order has, what it gains, and what is taken off.

    `by_order` has a dict an order: "order", "ngrams", "once" and, where it is known,
    "perplexity", on the validation text; `smoothing` is a count model's.
    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    style.save_figure(count_model_figure(by_order, smoothing, title), path)


def count_model_figure(
    by_order: Sequence[dict[str, Any]],
    smoothing: dict[str, Any],
    title: str = "N-grams by order",
) -> Figure:
    """Give the figure of `draw_count_model`: a panel each for what is known."""
    measured = [row for row in by_order if _finite(row.get("perplexity"))]
    numbers = [name for name in NUMBERS if smoothing.get(name)]
    figure, axes = style.new_panels(1 + bool(measured) + bool(numbers))
    figure.subplots_adjust(wspace=0.62)  # room for the names of parts and lines
    style.add_title(axes[0], title, _subtitle(by_order, smoothing))
    _draw_sizes(axes[0], by_order)
    if measured:
        _draw_perplexities(axes[1], measured)
    if numbers:
        name = KATZ if smoothing["name"] == "katz" else NUMBERS[numbers[0]]
        _draw_numbers(axes[-1], smoothing[numbers[0]], name)
    for panel in axes:
        panel.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))
        panel.set_xlabel("order", fontsize=style.LABEL_SIZE, color=INK)
        panel.set_xlim(0.4, len(by_order) + 0.6)
    return figure


def _finite(perplexity: float | None) -> bool:
    return perplexity is not None and perplexity < style.LARGEST


def _subtitle(by_order: Sequence[dict[str, Any]], smoothing: dict[str, Any]) -> str:
    total = sum(row["ngrams"] for row in by_order)
    return f"{smoothing['name']}; {total:,} n-grams were counted"


def _draw_sizes(axes: Axes, by_order: Sequence[dict[str, Any]]) -> None:
    """Draw a bar an order, the share of it that occurs once in a lighter colour."""
    orders = [row["order"] for row in by_order]
    once = [row["once"] for row in by_order]
    more = [row["ngrams"] - row["once"] for row in by_order]
    axes.bar(orders, more, color=BLUE)
    axes.bar(orders, once, bottom=more, color=LIGHT)
    for row in by_order:
        _write(axes, row["order"], row["ngrams"], f"{row['ngrams']:,}", INK)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.margins(y=0.16)
    _finish(axes, "distinct n-grams")
    _label_parts(axes, more[-1], once[-1], orders[-1])


def _label_parts(axes: Axes, more: int, once: int, order: int) -> None:
    """Say beside the last bar which part of it is what."""
    for height, text, colour in (
        (more / 2, "seen more often", BLUE),
        (more + once / 2, "seen once", GREY),
    ):
        axes.annotate(text, (order + 0.4, height), (6, 0), textcoords="offset points",
                      va="center", color=colour, fontsize=style.NOTE_SIZE,
                      fontweight="bold", annotation_clip=False)  # fmt: skip


def _draw_perplexities(axes: Axes, measured: Sequence[dict[str, Any]]) -> None:
    """Draw the perplexity of the model of each order, on the validation text.

    The axis starts at 1, so that a bar's length is the cross-entropy in nats.
    """
    axes.set_yscale("log")
    for row in measured:
        order, value = row["order"], row["perplexity"]
        axes.bar(order, value - 1, bottom=1, color=ORANGE)
        _write(axes, order, value, style.figure_number(value), INK)
    axes.set_ylim(1, max(row["perplexity"] for row in measured) ** 1.14 + 0.1)
    axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.4g}")
    axes.yaxis.set_minor_locator(ticker.NullLocator())
    _finish(axes, "validation perplexity (log scale)")


def _draw_numbers(axes: Axes, numbers: Sequence[Any], name: str) -> None:
    """Draw a line for each number that an order has, such as D1, D2 and D3."""
    rows = [each if isinstance(each, list) else [each] for each in numbers]
    orders = range(1, len(rows) + 1)
    ends: list[tuple[float, str, str]] = []
    for k in range(max(map(len, rows))):
        values = [row[k] if k < len(row) else math.nan for row in rows]
        colour, several = COLOURS[k % len(COLOURS)], len(rows[0]) > 1
        label = f"seen {TIMES[k]}" if several and k < len(TIMES) else ""
        if several and k == len(rows[0]) - 1 == 2:
            label += " or more"
        axes.plot(orders, values, "o-", color=colour, linewidth=3)
        ends.append((values[-1], label, colour))
    axes.set_ylim(bottom=0)
    axes.margins(y=0.3)
    _finish(axes, name)
    _label_ends(axes, [end for end in ends if not math.isnan(end[0])])


def _label_ends(axes: Axes, ends: list[tuple[float, str, str]]) -> None:
    """Name each line at its right end, none over another."""
    top = axes.get_ylim()[1]
    ends.sort()
    heights = spread([value / top for value, _, _ in ends], 0.08)
    for height, (_, text, colour) in zip(heights, ends, strict=True):
        axes.annotate(text, (1, height), (4, 0), xycoords="axes fraction",
                      textcoords="offset points", va="center", color=colour,
                      fontsize=style.NOTE_SIZE, fontweight="bold",
                      annotation_clip=False)  # fmt: skip


def _write(axes: Axes, order: int, height: float, text: str, colour: str) -> None:
    axes.annotate(
        text,
        (order, height),
        (0, 8),
        textcoords="offset points",
        ha="center",
        fontsize=style.NOTE_SIZE,
        fontweight="bold",
        color=colour,
    )


def _finish(axes: Axes, name: str) -> None:
    axes.set_ylabel(name, fontsize=style.LABEL_SIZE, color=INK)
    axes.grid(axis="y", color=style.GRID, linewidth=1)
