"""A picture of what a benchmark measured, by the length of the text."""

import pathlib
import tempfile
from collections.abc import Mapping, Sequence

from keraslm.figures import style


def draw(
    name: str,
    title: str,
    subtitle: str,
    tokens: Sequence[float],
    lines: Mapping[str, Sequence[float]],
) -> None:
    """Draw a line a name over the same texts, the first from the bottom, and say where.

    A line may be empty. Units: tokens in millions
    """
    path = pathlib.Path(tempfile.gettempdir()) / name
    figure, axes = style.new_figure()
    style.add_title(axes, title, subtitle)
    for (label, values), colour in zip(
        lines.items(), (style.BLUE, style.ORANGE), strict=True
    ):
        if values:
            axes.plot(tokens, values, "o-", color=colour, label=label)
    axes.set_xlim(0)
    axes.set_ylim(0)
    axes.set_xlabel("million tokens", fontsize=style.LABEL_SIZE)
    axes.legend(fontsize=style.LABEL_SIZE, frameon=False)
    style.save_figure(figure, path)
    print(f"picture: {path}")
