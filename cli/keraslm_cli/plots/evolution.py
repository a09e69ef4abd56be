"""keraslm plot evolution: what a model wrote while it learned."""

import pathlib

import click

from keraslm.errors import UsageError
from keraslm_cli import completion
from keraslm_cli.pictures import Files, files_options
from keraslm_cli.plots.history import read_history


@click.command()
@click.argument("run", metavar="RUN", shell_complete=completion.files)
@files_options
def command(run: str, out: str, csv: str | None) -> None:
    """Show the samples that RUN wrote while it trained, in order of its steps.

    A picture has room for the beginnings of five of them; a page has all of them.
    """
    from keraslm.figures.evolution import (
        evolution_figure,
        evolution_page,
        evolution_table,
    )

    path = pathlib.Path(run, "samples.txt")
    if not path.is_file():
        raise UsageError(f"there is no samples.txt in {run}; give the folder of a run")
    files = Files(out, csv)
    rows = path.with_name("history.csv")
    files.check([str(path), str(rows)])
    history = read_history(rows) if rows.is_file() else None
    samples = path.read_text(encoding="utf-8", errors="replace")
    table = evolution_table(samples, history)
    title = f"What {path.parent.resolve().name} wrote while it learned"
    about = "the same random numbers at every step: what changes is the model"
    files.write(
        table,
        lambda: evolution_figure(table, title, about),
        lambda: evolution_page(table, title, about),
    )
