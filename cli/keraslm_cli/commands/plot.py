"""keraslm plot: figures of runs, models and texts, one kind a file of `plots`."""

import click

from keraslm_cli.lazy import LazyGroup

KINDS = (
    "history",
    "surprisal",
    "cell",
    "gates",
    "attention",
    "gradients",
    "contributions",
    "zipf",
    "smoothing",
    "counts",
    "embeddings",
    "evolution",
    "vocabulary",
    "ladder",
    "agreement",
    "lengths",
    "attention-map",
)


@click.group(cls=LazyGroup, package="keraslm_cli.plots", names=KINDS)
def command() -> None:
    """Draw a figure for a lecture, or write it as a page.

    Each writes --out FILE as .png, .svg, .pdf or as an .html page that works offline,
    and with --csv the numbers that it shows.
    """
