"""What all figures share: the palette, the type, and how a figure becomes a file.

References: Okabe & Ito (2008), colours that colour-blind readers can tell apart.
"""

import os
import pathlib
import warnings
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from keraslm.errors import MissingGlyphs, UsageError
from keraslm.figures.fonts import about_lacking, drawable, families, lacking
from keraslm.files.destinations import check_file, destination
from keraslm.files.writing import write_atomically

BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#007A5A"
LIGHT = "#9DB7C9"
INK = "#222222"
GREY = "#6B6B6B"
GRID = "#E3E3E3"
SERIES = (BLUE, ORANGE, GREEN, INK, GREY, LIGHT)
"""The colours of lines side by side, which grey print tells apart too."""

TITLE_SIZE = 19
LABEL_SIZE = 15
NOTE_SIZE = 13

DOTS_PER_INCH = 150
COLOURS = 256  # of a picture's palette
SHORTEST = 12  # characters of a word that is cut
LARGEST = 1e30  # a larger perplexity is drawn as an infinite one
SUFFIXES = (".png", ".svg", ".pdf")


def new_figure(width: float = 11.0, height: float = 6.2) -> tuple[Figure, Axes]:
    """Make a figure and its axes; sizes in inches."""
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    plain_axes(axes)
    return figure, axes


def new_panels(number: int) -> tuple[Figure, list[Axes]]:
    """Make a figure and so many axes side by side."""
    figure = Figure(figsize=(5.6 * number, 5.2), facecolor="white")
    FigureCanvasAgg(figure)
    figure.subplots_adjust(left=0.07, right=0.98, wspace=0.3)
    axes = [figure.add_subplot(1, number, k + 1) for k in range(number)]
    for panel in axes:
        plain_axes(panel)
    return figure, axes


def plain_axes(axes: Axes) -> None:
    """Leave of the frame only the two lines that carry numbers."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(GREY)
    axes.tick_params(labelsize=NOTE_SIZE, colors=INK, length=4)
    axes.set_axisbelow(True)


def add_title(axes: Axes, title: str, subtitle: str = "", above: int = 0) -> None:
    """Write the title, and under it one line that says what was measured.

    `above` leaves room below both, in points.
    """
    _above(axes, shortened(title, 68), above + 40, TITLE_SIZE, INK, "bold")
    _above(axes, shortened(subtitle, 100), above + 18, NOTE_SIZE, GREY, "normal")


def _above(
    axes: Axes, text: str, points: int, size: int, colour: str, weight: str
) -> None:
    axes.annotate(
        drawable(text),
        (0, 1),
        (0, points),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=size,
        family=families(),
        fontweight=weight,
        color=colour,
        parse_math=False,
    )


def shortened(text: str, length: int) -> str:
    """Put a text on one line of at most `length` characters, cut in the middle.

    Where it is enough to cut the longest word, such as a file's name, the others stay.
    """
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    longest = max(text.split(), key=len)
    left = len(longest) - (len(text) - length)
    if longest != text and left >= SHORTEST:
        return text.replace(longest, shortened(longest, left), 1)
    half = (length - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def figure_number(value: float) -> str:
    """Write a number as one reads it aloud: 1,234 or 56.7 or 4.94."""
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2
    return f"{value:,.{digits}f}"


def check_picture_path(
    path: str | os.PathLike[str],
    suffixes: Sequence[str] = SUFFIXES,
    what: str = "picture",
) -> pathlib.Path:
    """Refuse a path no picture can be written to, before any work is done.

    A pipe or device needs no suffix: it gets a PNG.
    Raises: UsageError for an unknown suffix, or as `check_file` does.
    """
    path = pathlib.Path(path)
    if path.suffix.lower() not in suffixes and not destination(path).is_stream:
        raise UsageError(
            f"a {what}'s name ends with {', '.join(suffixes)}; received {str(path)!r}"
        )
    check_file(path)
    return path


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write the picture atomically, its format by its suffix.

    Where a font lacks characters the picture says so, and a MissingGlyphs is warned.
    Raises: UsageError as `check_picture_path` does.
    """
    path = check_picture_path(path)
    known = path.suffix.lower() in SUFFIXES
    missing = lacking(text.get_text() for text in figure.findobj(Text))
    if missing:
        said = about_lacking(missing)
        figure.text(0.02, -0.01, said, va="top", fontsize=NOTE_SIZE, color=GREY)
        warnings.warn(f"{path}: {said}", MissingGlyphs, stacklevel=3)
    kind = path.suffix[1:].lower() if known else "png"
    with write_atomically(path) as temporary:
        figure.savefig(
            temporary,
            format=kind,
            dpi=DOTS_PER_INCH,
            bbox_inches="tight",
            pad_inches=0.3,
        )
        if kind == "png":
            _with_palette(temporary)


def _with_palette(path: pathlib.Path) -> None:
    """Write a picture with a palette, a third as large, in which no shade is missed."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, format="png", optimize=True)
