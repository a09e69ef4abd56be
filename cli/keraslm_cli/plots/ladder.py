"""keraslm plot ladder: a ladder's figure from its stored results."""

import pathlib

import click

from keraslm.errors import UsageError
from keraslm_cli import completion
from keraslm_cli.pictures import Files, files_options


@click.command()
@click.argument("ladder", metavar="DIR", shell_complete=completion.files)
@click.option(
    "--x",
    type=click.Choice(["seconds", "bytes"]),
    default="seconds",
    show_default=True,
    help="The time of a rung, or the size of its model's file.",
)
@files_options
def command(ladder: str, x: str, out: str, csv: str | None) -> None:
    """Draw the perplexity of each rung of the ladder in DIR against its cost."""
    import pandas as pd

    from keraslm.figures.ladder import ladder_figure
    from keraslm.ladder.folder import LadderFolder
    from keraslm.ladder.markdown import caption
    from keraslm.ladder.points import points_of
    from keraslm.ladder.result import ResultsFile, floor_of

    path: pathlib.Path = LadderFolder(ladder).results
    if not path.is_file():
        raise UsageError(f"there is no ladder.json in {ladder}; give a ladder's folder")
    files = Files(out, csv)
    files.check([str(path)])
    results = list(ResultsFile(path, {}).results.values())
    points = points_of(results)
    if not points:
        raise UsageError(f"no rung of {ladder} has figures yet")
    table = pd.DataFrame(points)
    about, floor = caption(results), floor_of(results)
    files.write(table, lambda: ladder_figure(points, x, floor, about))
