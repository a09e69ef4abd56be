"""keraslm plot gradients: how far back the losses of models reach."""

from typing import Any

import click

from keraslm_cli import completion, models
from keraslm_cli.commands.compare import labels
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options, passage, passage_options


@click.command()
@click.argument(
    "paths", metavar="MODEL...", nargs=-1, required=True,
    shell_complete=completion.files,
)  # fmt: skip
@number_option("--lags", 50, "How many steps back.", least=0)
@number_option("--windows", 64, "At how many places of the text.", least=1)
@passage_options(5000)
@files_options
def command(
    paths: tuple[str, ...],
    lags: int,
    windows: int,
    named: str | None,
    length: int,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Draw the norm of the loss's gradient, so many steps before the loss.

    Each MODEL has recurrent layers, and reads the beginning of --text, by default of
    village:valid. A straight line loses the same share at every step.
    """
    import pandas as pd

    from keraslm.figures.probes import gradient_norms_figure
    from keraslm.probes import gradient_norms

    files = Files(out, csv)
    files.check([*paths, *filter(None, [named])])
    for path in paths:
        models.check_there(path)
    text, on = passage(None, named or "village:valid", length, encoding)
    opened: list[Any] = [models.open_model(path) for path in paths]
    names = labels([model.name for model in opened], paths)
    found = [
        (name, gradient_norms(model, text, lags, windows))
        for name, model in zip(names, opened, strict=True)
    ]
    parts = [norms.table().assign(model=name).reset_index() for name, norms in found]
    table = pd.concat(parts, ignore_index=True)
    title = f"How far back a loss reaches, on {on}"
    files.write(table, lambda: gradient_norms_figure(found, title))
