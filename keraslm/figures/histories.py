"""Several runs in one picture: perplexity against steps, seconds or tokens."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.curves import curve_of
from keraslm.figures.fonts import drawable
from keraslm.figures.labels import label_right_ends
from keraslm.figures.learning_curve import round_perplexities
from keraslm.figures.style import INK, SERIES

AXES = {
    "steps": "training steps",
    "seconds": "seconds of training",
    "tokens": "tokens read in training",
}
DASHES = ("solid", "dashed", "dashdot", "dotted")
SPLITS = {"valid": "validation", "train": "training"}
Runs = Sequence[tuple[str, pd.DataFrame]]


def history_table(runs: Runs, x: str = "steps", split: str = "valid") -> pd.DataFrame:
    """Give the points of the curves: columns run, one of `AXES`, and perplexity.

    A run is its name and its history, with the columns of `history.csv`.
    Raises: UsageError for a run without such rows, or without `tokens` where they are
        asked for.
    """
    if x not in AXES or split not in SPLITS:
        raise UsageError(
            f"`x` is one of {', '.join(AXES)}, `split` of {', '.join(SPLITS)}; "
            f"received {x!r} and {split!r}"
        )
    parts = [
        pd.DataFrame({"run": name, x: found[x], "perplexity": found["perplexity"]})
        for name, history in runs
        for found in [_placed(name, history, x, split)]
    ]
    return pd.concat(parts, ignore_index=True)


def _placed(name: str, history: pd.DataFrame, x: str, split: str) -> pd.DataFrame:
    places = history.assign(steps=history["step"])
    if x == "tokens":
        if "tokens" not in history or not history["tokens"].notna().any():
            raise UsageError(
                f"the history of {name} does not say how many tokens a row stands for; "
                "train it anew, or take `x` steps"
            )
        places["tokens"] = history["tokens"].fillna(0).cumsum()
    found = curve_of(places, split)
    if not len(found):
        raise UsageError(
            f"the history of {name} has no finite perplexity of {SPLITS[split]} text"
        )
    return found


def history_figure(
    table: pd.DataFrame,
    title: str = "Perplexity while training",
    split: str = "valid",
) -> Figure:
    """Draw a line a run, its best point ringed, its name and that number at its end.

    `table` is that of `history_table`.
    """
    x = next(name for name in AXES if name in table)
    figure, axes = style.new_figure()
    said = f"perplexity of {SPLITS[split]} text; ring and number: the lowest of a run"
    style.add_title(axes, title, said)
    _scale(axes, table["perplexity"])
    labels = []
    for k, (name, curve) in enumerate(table.groupby("run", sort=False)):
        colour = SERIES[k % len(SERIES)]
        dashes = DASHES[k // len(SERIES) % len(DASHES)]
        _draw(axes, curve[x], curve["perplexity"], colour, dashes)
        best, last = curve["perplexity"].min(), curve["perplexity"].iloc[-1]
        short = drawable(style.shortened(str(name), 22))
        labels.append((float(last), f"{short} {style.figure_number(best)}", colour))
    axes.set_xlim(left=0)
    label_right_ends(axes, labels)
    axes.set_xlabel(AXES[x], fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel("perplexity (log scale)", fontsize=style.LABEL_SIZE, color=INK)
    return figure


def _draw(
    axes: Axes, places: pd.Series, values: pd.Series, colour: str, dashes: str
) -> None:
    form = "o" if len(values) <= 25 else ""
    axes.plot(places, values, color=colour, linewidth=3, linestyle=dashes, marker=form)
    best = int(np.argmin(values.to_numpy()))
    axes.plot(places.iloc[best], values.iloc[best], "o", ms=15, mew=2.5, color=colour,
              mfc="none", clip_on=False, zorder=4)  # fmt: skip


def _scale(axes: Axes, values: pd.Series) -> None:
    axes.set_yscale("log")
    low, high = float(values.min()), float(values.max())
    margin = max((high / low) ** 0.06, 1.01)
    axes.set_ylim(low / margin, high * margin)
    axes.yaxis.set_major_locator(round_perplexities(high / low))
    axes.yaxis.set_minor_locator(ticker.NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.4g}")
    axes.xaxis.set_major_locator(ticker.MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.grid(axis="y", color=style.GRID, linewidth=1)
