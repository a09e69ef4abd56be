"""Where the heads of a transformer look: a square a head, in rows by layer."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from keraslm.errors import UsageError
from keraslm.figures import style
from keraslm.figures.fonts import drawable, families
from keraslm.figures.shaded_text import shown
from keraslm.figures.style import BLUE, GREY, INK
from keraslm.probes.attention import AttentionWeights

MOST_TOKENS = 60
MOST_HEADS = 64
LONGEST = 14  # characters of a token
CELL = 0.21  # inches
KEY = (0, 0.05, 0.25, 0.5, 1)


def attention_figure(
    attention: AttentionWeights, title: str, subtitle: str = ""
) -> Figure:
    """Draw a square for each head: a row a token that is read, a column one it sees.

    The lowest layer is at the bottom, as in a drawing of the network. A shade is the
    root of a weight, so that small ones are seen too.

    Raises: UsageError for more tokens or heads than a picture has room for.
    """
    tokens, weights = attention.tokens, attention.values
    layers, heads = weights.shape[:2]
    _check_room(len(tokens), layers * heads)
    side = max(2.4, CELL * len(tokens))
    figure = Figure((side * heads + 3, side * layers + 2.4), facecolor="white")
    FigureCanvasAgg(figure)
    panels = figure.subplots(layers, heads, squeeze=False, sharex=True, sharey=True)
    figure.subplots_adjust(wspace=0.08, hspace=0.16)
    names = [_name(token, k) for k, token in enumerate(tokens)]
    for layer, head in np.ndindex(layers, heads):
        axes = panels[layers - 1 - layer, head]
        image = _draw(axes, weights[layer, head])
        axes.set_title(
            f"layer {attention.layers[layer]}, head {attention.heads[head]}",
            {"fontsize": style.NOTE_SIZE, "color": INK},
            pad=4,
        )
    _name_tokens(panels[-1, 0], names)
    style.add_title(panels[0, 0], title, subtitle, above=14)
    _add_key(figure, panels, image)
    return figure


def _check_room(tokens: int, heads: int) -> None:
    for number, most, what, way in (
        (tokens, MOST_TOKENS, "tokens", "a shorter text"),
        (heads, MOST_HEADS, "heads", "one `layer`"),
    ):
        if number > most:
            raise UsageError(
                f"a picture has room for attention among {most} {what}; received "
                f"{number}: give {way}"
            )


def _draw(axes: Axes, weights: np.ndarray) -> AxesImage:
    shades = LinearSegmentedColormap.from_list("weight", ["white", BLUE])
    colours = shades.with_extremes(bad="#F2F2F2")  # what a token may not see
    ahead = np.triu(np.ones(weights.shape, bool), 1)
    for side in axes.spines.values():
        side.set_color(GREY)
    axes.tick_params(length=0)
    return axes.imshow(
        np.ma.array(weights, mask=ahead), colours, norm=PowerNorm(0.5, 0, 1)
    )


def _name(token: str, place: int) -> str:
    named = "start" if place == 0 else shown(token)
    return drawable(style.shortened(named, LONGEST) or named)


def _name_tokens(axes: Axes, names: list[str]) -> None:
    """Name rows and columns; all panels share them."""
    places, size = range(len(names)), style.NOTE_SIZE
    upright = max(map(len, names)) > 1
    axes.set_yticks(places, names)
    axes.set_xticks(places, names)
    for panel in axes.figure.axes:
        for label in (*panel.get_xticklabels(), *panel.get_yticklabels()):
            label.set(family=families(), fontsize=size, parse_math=False, color=INK)
        for label in panel.get_xticklabels():
            label.set_rotation(90 if upright else 0)
    axes.set_xlabel("token that is seen", fontsize=style.LABEL_SIZE, color=INK)
    axes.set_ylabel("token that is read", fontsize=style.LABEL_SIZE, color=INK)


def _add_key(figure: Figure, panels: np.ndarray, image: AxesImage) -> None:
    bar = figure.colorbar(image, ax=panels, fraction=0.03, pad=0.02, ticks=KEY)
    bar.ax.set_yticklabels([f"{weight:g}" for weight in KEY])
    bar.ax.tick_params(labelsize=style.NOTE_SIZE, colors=INK)
    bar.set_label("weight; a row sums to one", fontsize=style.NOTE_SIZE, color=INK)
