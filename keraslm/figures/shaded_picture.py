"""A shaded text as a figure: lines of boxes, a token each."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.shaded_text import ENDS_OF_LINES, ShadedText, number, shown
from keraslm.figures.style import BLUE, GREY, INK

WIDTH = 864.0  # points: 12 inches
TYPE = 18
LINE = 1.55 * TYPE  # points from the top of a line of boxes to its bottom
MOST = 1500  # tokens of a picture
LONGEST = 30  # characters of a token
KEY_BOX = 62.0  # points


class Box(NamedTuple):
    """Where a token stands, in points from the top left corner."""

    x: float
    line: int
    width: float


def shaded_figure(text: ShadedText) -> Figure:
    """Draw a text, words with their numbers beneath, and the key below it.

    Raises: UsageError for a text too long for a picture.
    """
    tokens = [_name(token, text.level) for token in text.tokens]
    if len(tokens) > MOST:
        raise UsageError(
            f"a picture has room for {MOST:,} tokens; received {len(tokens):,}: give a "
            "shorter text, or an .html page"
        )
    below = style.NOTE_SIZE * 1.5 if text.level != "char" else 4.0
    figure, axes = style.new_figure(WIDTH / 72, 1.0)
    boxes = _laid_out(text, _widths(axes, text, tokens))
    lines = 1 + max((box.line for box in boxes), default=0)
    height = lines * (LINE + below) + 1.2 * LINE + 1.6 * style.NOTE_SIZE
    figure.set_size_inches(WIDTH / 72, height / 72)
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    style.add_title(axes, text.title, text.subtitle)
    for box, token, value in zip(boxes, tokens, text.values, strict=True):
        top = box.line * (LINE + below)
        written = number(value) if text.level != "char" else ""
        _draw(axes, box._replace(line=0), top, token, value, text, written)
    _draw_key(axes, text, lines * (LINE + below) + 0.2 * LINE)
    return figure


def _name(token: str, level: str) -> str:
    if level == "char" and token == " ":
        return " "  # its box shows it
    return drawable(style.shortened(shown(token), LONGEST))


def _families(level: str) -> tuple[str, ...]:
    return ("DejaVu Sans Mono", *families()) if level == "char" else families()


def _widths(axes: Axes, text: ShadedText, tokens: Sequence[str]) -> list[float]:
    """Measure each token with its box, and the number below it, in points."""
    found: dict[tuple[str, int], float] = {}

    def width(written: str, size: int) -> float:
        if (written, size) not in found:
            drawn = axes.text(0, 0, written.replace(" ", "x"), fontsize=size)
            drawn.set(family=_families(text.level), parse_math=False)
            extent = drawn.get_window_extent()
            drawn.remove()
            found[written, size] = float(extent.width) * 72 / axes.figure.dpi
        return found[written, size]

    if text.level == "char":
        return [max(width(token, TYPE) + 1.5, 0.66 * TYPE) for token in tokens]
    numbers = [number(value) for value in text.values]
    pairs = zip(tokens, numbers, strict=True)
    return [max(width(t, TYPE), width(n, style.NOTE_SIZE)) + 8 for t, n in pairs]


def _laid_out(text: ShadedText, widths: Sequence[float]) -> list[Box]:
    gap = 0.0 if text.level == "char" else 5.0
    x, line, boxes = 0.0, 0, []
    wholes = _to_next_break(text, widths)
    for token, width, whole in zip(text.tokens, widths, wholes, strict=True):
        if x and (x + width > WIDTH or x + whole > WIDTH >= whole):
            x, line = 0.0, line + 1
        boxes.append(Box(x, line, width))
        x += width + gap
        if token in ENDS_OF_LINES:
            x, line = 0.0, line + 1
    return boxes


def _to_next_break(text: ShadedText, widths: Sequence[float]) -> list[float]:
    """Give the width from each token to where a line may end, for its word's first."""
    if text.level != "char":
        return [*widths]
    tokens, wholes = text.tokens, [0.0] * len(widths)
    length = 0.0
    for k in reversed(range(len(tokens))):
        length = 0.0 if tokens[k].isspace() else length + widths[k]
        begins = k == 0 or tokens[k - 1].isspace()
        wholes[k] = length if begins else 0.0
    return wholes


def _draw(
    axes: Axes,
    box: Box,
    top: float,
    token: str,
    value: float,
    text: ShadedText,
    written: str,
) -> None:
    place = (box.x, top)
    shade = text.shade(value)
    axes.add_patch(Rectangle(place, box.width, LINE, facecolor=shade, linewidth=0))
    if value < 0 and number(value) != "0.0":
        ends = (box.x + 1, box.x + box.width - 1)
        axes.plot(ends, (top + LINE - 1.5,) * 2, color=BLUE, linewidth=2.5)
    middle = box.x + box.width / 2
    axes.text(middle, top + 0.68 * LINE, token, fontsize=TYPE, ha="center", color=INK,
              family=_families(text.level), parse_math=False)  # fmt: skip
    if written:
        axes.text(middle, top + LINE + style.NOTE_SIZE * 1.1, written, ha="center",
                  fontsize=style.NOTE_SIZE, color=GREY)  # fmt: skip


def _draw_key(axes: Axes, text: ShadedText, top: float) -> None:
    for k, value in enumerate(text.steps):
        box = Box(k * KEY_BOX, 0, KEY_BOX)
        _draw(axes, box, top, number(value), value, text, "")
    axes.text(0, top + LINE + 1.5 * style.NOTE_SIZE, drawable(text.key),
              fontsize=style.NOTE_SIZE, color=INK, parse_math=False)  # fmt: skip
