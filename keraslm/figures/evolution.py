"""What a model wrote while it learned, in the order of its steps."""

import re
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from keraslm.errors import UsageError
from keraslm.figures import pages, style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.shaded_text import shown
from keraslm.figures.style import BLUE, INK

HEAD = re.compile(r"^--- step (\d+), epoch (\d+)$", re.MULTILINE)
MOST = 5  # samples of a picture
COLUMNS, ROWS = 84, 2  # of a sample in a picture
TYPE = 16
LINE = 1.45 * TYPE / 72  # inches


def evolution_table(samples: str, history: pd.DataFrame | None = None) -> pd.DataFrame:
    """Read `samples.txt`: columns step, epoch, perplexity and sample.

    `perplexity` is that of the validation text at that step, where `history`, with the
    columns of `history.csv`, has one.
    Raises: UsageError if there is no sample.
    """
    pieces = HEAD.split(samples)
    if len(pieces) < 4:
        raise UsageError(
            "there is no sample: `samples.txt` of a run has texts, each below a line "
            "such as '--- step 88, epoch 1'"
        )
    rows = [
        (int(step), int(epoch), text.strip("\n"))
        for step, epoch, text in zip(*(pieces[k::3] for k in (1, 2, 3)), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["step", "epoch", "sample"])
    known = {}
    if history is not None:
        valid = history[history["split"] == "valid"]
        known = dict(zip(valid["step"].astype(int), valid["perplexity"], strict=True))
    table.insert(2, "perplexity", [known.get(step, np.nan) for step in table["step"]])
    return table.sort_values("step", kind="stable", ignore_index=True)


def evolution_figure(table: pd.DataFrame, title: str, subtitle: str = "") -> Figure:
    """Draw the beginning of some samples, the first and the last among them."""
    chosen = np.unique(np.linspace(0, len(table) - 1, MOST).round().astype(int))
    rows = table.iloc[chosen]
    height = len(rows) * (ROWS + 1.7) * LINE
    figure, axes = style.new_figure(12.5, height)
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, 1), ylim=(height, 0))
    axes.set_axis_off()
    style.add_title(axes, title, subtitle)
    for k, (_, row) in enumerate(rows.iterrows()):
        _draw(axes, row, k * (ROWS + 1.7) * LINE)
    return figure


def _draw(axes: Axes, row: pd.Series, top: float) -> None:
    seen = drawable(" ".join(_visible(row["sample"]).split()))
    beginning = textwrap.shorten(seen, COLUMNS * ROWS, placeholder=" …")
    lines = textwrap.wrap(beginning, COLUMNS)[:ROWS]
    axes.text(0, top, _heading(row), fontsize=style.LABEL_SIZE, fontweight="bold",
              va="top", color=BLUE)  # fmt: skip
    axes.text(0, top + 1.05 * LINE, "\n".join(lines), fontsize=TYPE, va="top",
              family=["DejaVu Sans Mono", *families()], linespacing=1.3, color=INK,
              parse_math=False)  # fmt: skip
    axes.axhline(top + (ROWS + 1.45) * LINE, color=style.GRID, linewidth=1)


def evolution_page(table: pd.DataFrame, title: str, subtitle: str = "") -> str:
    """Give all samples, whole, as a page."""
    parts = [
        f"<h2>{pages.escaped(_heading(row))}</h2>\n"
        f"<pre>{pages.escaped_lines(row['sample'])}</pre>\n"
        for _, row in table.iterrows()
    ]
    return pages.page(title, pages.heading(title, subtitle) + "".join(parts))


def _heading(row: pd.Series) -> str:
    said = f"step {row['step']:,}"
    if np.isfinite(row["perplexity"]):
        said += f" · validation perplexity {style.figure_number(row['perplexity'])}"
    return said


def _visible(text: str) -> str:
    return "".join(c if c in " \n" else shown(c) for c in text)
