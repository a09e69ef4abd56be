"""The learning curve: perplexity against training steps, on a logarithmic axis."""

import math
import os

import pandas as pd
from matplotlib import ticker
from matplotlib.axes import Axes

from keraslm.figures import style
from keraslm.figures.curves import curve_of
from keraslm.figures.floor import Line, lines_of
from keraslm.figures.labels import label_right_ends
from keraslm.figures.style import BLUE, GREY, INK, ORANGE
from keraslm.floor import Floor

NAMES = {"train": "training", "valid": "validation"}
COLOURS = {"train": BLUE, "valid": ORANGE}
FEW = 25  # up to this many points each point is shown


def draw_history(
    history: pd.DataFrame,
    path: str | os.PathLike[str],
    floor: Floor | None = None,
    title: str = "Perplexity while training",
) -> None:
    """Draw a run's training and validation perplexity and mark the best validation.

    `history` has the columns step, seconds, split ("train" or "valid") and perplexity,
    as in `history.csv`; `floor` is that of the validation text, where it is known.
    Raises: UsageError if `path` is not a picture's name in an existing folder.
    """
    style.check_picture_path(path)
    curves = {split: curve_of(history, split) for split in NAMES}
    figure, axes = style.new_figure()
    style.add_title(axes, title, _subtitle(history, curves["valid"]))
    for split, curve in curves.items():
        _draw_curve(axes, split, curve)
    _mark_best(axes, curves["valid"])
    lines = lines_of(floor, known=False, grammar="grammar, validation text")
    for line in lines:
        line.draw(axes)
    _scale(axes, curves, [line.value for line in lines])
    _name_axes(axes)
    _name_curves(axes, curves, lines)
    style.save_figure(figure, path)


def _best(valid: pd.DataFrame) -> tuple[int, float]:
    row = int(valid["perplexity"].to_numpy().argmin())
    return int(valid["step"].iloc[row]), float(valid["perplexity"].iloc[row])


def _subtitle(history: pd.DataFrame, valid: pd.DataFrame) -> str:
    if not len(history):
        return ""
    whole = f"{int(history['step'].max()):,} steps"
    if "seconds" in history and history["seconds"].max() > 0:
        whole += f" in {_duration(float(history['seconds'].max()))}"
    if not len(valid):
        return whole
    step, perplexity = _best(valid)
    return (
        f"best validation perplexity {style.figure_number(perplexity)} "
        f"({math.log(perplexity):.3f} nats a token) at step {step:,} · {whole}"
    )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _draw_curve(axes: Axes, split: str, curve: pd.DataFrame) -> None:
    front = split == "valid"
    axes.plot(
        curve["step"],
        curve["perplexity"],
        color=COLOURS[split],
        linewidth=3.5 if front else 2,
        marker="o" if len(curve) <= FEW else "",
        markersize=7 if front else 5,
        zorder=3 if front else 2,
        solid_capstyle="round",
    )


def _mark_best(axes: Axes, valid: pd.DataFrame) -> None:
    if len(valid):
        axes.plot(
            *_best(valid),
            marker="o",
            markersize=16,
            markerfacecolor="none",
            markeredgecolor=ORANGE,
            markeredgewidth=2.5,
            clip_on=False,
            zorder=4,
        )


def _scale(axes: Axes, curves: dict[str, pd.DataFrame], lines: list[float]) -> None:
    values = [value for curve in curves.values() for value in curve["perplexity"]]
    values += lines
    axes.set_yscale("log")
    low, high = (min(values), max(values)) if values else (1.0, 100.0)
    margin = max((high / low) ** 0.06, 1.01)
    axes.set_ylim(low / margin, high * margin)
    axes.yaxis.set_major_locator(round_perplexities(high / low))
    axes.yaxis.set_minor_locator(ticker.NullLocator())
    axes.yaxis.set_major_formatter(
        lambda value, _: f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
    )
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(ticker.MaxNLocator(8, integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def round_perplexities(ratio: float) -> ticker.Locator:
    """Choose few ticks at round perplexities, however wide the range is."""
    if ratio < 5:
        return ticker.MaxNLocator(6, steps=[1, 2, 5, 10])
    subs = (1, 2, 3, 5) if ratio < 50 else (1, 2, 5) if ratio < 1000 else (1,)
    return ticker.LogLocator(base=10, subs=subs, numticks=20)


def _name_axes(axes: Axes) -> None:
    axes.grid(axis="y", color=style.GRID, linewidth=1)
    axes.set_xlabel("training steps", fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel("perplexity (log scale)", fontsize=style.LABEL_SIZE, color=INK)


def _name_curves(
    axes: Axes, curves: dict[str, pd.DataFrame], lines: list[Line]
) -> None:
    last = {
        split: float(curve["perplexity"].iloc[-1])
        for split, curve in curves.items()
        if len(curve)
    }
    labels = [
        (value, f"{NAMES[split]} {style.figure_number(value)}", COLOURS[split])
        for split, value in last.items()
    ]
    labels += [(line.value, line.label, line.colour) for line in lines]
    label_right_ends(axes, labels)
    if not last:
        axes.set_xticks([])
        axes.text(0.5, 0.5, "no finite perplexity yet", color=GREY, ha="center",
                  fontsize=style.LABEL_SIZE, transform=axes.transAxes)  # fmt: skip
