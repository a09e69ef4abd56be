"""keraslm plot gates: how far the gates of one unit open over a text."""

from typing import Any

import click

from keraslm_cli import completion, models
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options, passage, passage_options


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("sentence", required=False, type=click.UNPROCESSED)
@number_option("--layer", 1, "The recurrent layer, from 1 at the bottom.", least=1)
@number_option("--unit", 0, "The unit, from 0.", least=0)
@passage_options(40)
@files_options
def command(
    model: str,
    sentence: str | None,
    layer: int,
    unit: int,
    named: str | None,
    length: int,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Draw the gates of one unit, its cell and its output, token by token.

    MODEL has LSTM or GRU layers. A square is filled as far as the gate is open.
    """
    from keraslm.figures.gates import gates_figure
    from keraslm.probes import gates

    files = Files(out, csv)
    files.check([each for each in (model, named) if each])
    models.check_there(model)
    text, on = passage(sentence, named, length, encoding)
    opened: Any = models.open_model(model)
    table = gates(opened, text, layer, unit).table()
    title = f"Gates of unit {unit}, layer {layer}, {opened.name}"
    about = f"{on}; a full square is an open gate, 1; an empty one is shut, 0"
    files.write(table, lambda: gates_figure(table, title, about))
