"""A figure becomes a picture, or a page of its own."""

import os
import pathlib
from collections.abc import Callable

from matplotlib.figure import Figure

from keraslm.figures import pages, style
from keraslm.files.writing import write_atomically

SUFFIXES = (*style.SUFFIXES, ".html")


def check_drawing_path(path: str | os.PathLike[str]) -> pathlib.Path:
    """Refuse a path that neither a picture nor a page can be written to.

    Raises: UsageError as `style.check_picture_path`
    """
    return style.check_picture_path(path, SUFFIXES, "figure")


def save_drawing(
    path: str | os.PathLike[str],
    figure: Callable[[], Figure],
    page: Callable[[], str] | None = None,
) -> None:
    """Write a figure, or a page where the name ends with .html.

    `page` gives the page; without it, the page holds the figure.
    Raises: UsageError as `check_drawing_path` does.
    """
    path = check_drawing_path(path)
    if path.suffix.lower() != ".html":
        style.save_figure(figure(), path)
        return
    text = page() if page else pages.figure_page(figure(), path.stem)
    with write_atomically(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
