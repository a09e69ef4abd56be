"""keraslm plot cell: a text coloured by one unit, and which unit follows what."""

from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm.probes.text_properties import PROPERTIES
from keraslm_cli import completion, console, models
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options, passage, passage_options

if TYPE_CHECKING:
    import pandas as pd

LENGTH = 5000  # characters, unless told otherwise: a correlation needs some
SHOWN = 400  # characters of a longer text that are coloured
RANKED = 10  # units


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("sentence", required=False, type=click.UNPROCESSED)
@number_option("--layer", 1, "The recurrent layer, from 1 at the bottom.", least=1)
@click.option("--unit", metavar="N", type=click.IntRange(min=0), help="The unit.")
@click.option(
    "--state",
    type=click.Choice(["h", "c"]),
    default="h",
    show_default=True,
    help="h, what the layer shows, or c, the cell of an LSTM.",
)
@click.option(
    "--find",
    type=click.Choice([*PROPERTIES]),
    metavar="PROPERTY",
    help="List the units that follow a property of the text, and colour the best one: "
    f"{', '.join(PROPERTIES)}.",
)
@passage_options(LENGTH)
@files_options
def command(
    model: str,
    sentence: str | None,
    layer: int,
    unit: int | None,
    state: str,
    find: str | None,
    named: str | None,
    length: int,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Colour SENTENCE, or a text, by what one unit holds after each token.

    The unit is --unit, or the one that follows the property of --find best on the first
    half of the text; its correlation on the second half is printed beside.
    """
    from keraslm.figures.cell import unit_text
    from keraslm.probes import activations, rank_units

    if (unit is None) == (find is None):
        raise UsageError("give the unit: either --unit, or --find with a property")
    files = Files(out, csv)
    files.check([each for each in (model, named) if each])
    models.check_there(model)
    text, on = passage(sentence, named, length, encoding)
    opened: Any = models.open_model(model)
    read = activations(opened, text, layer, unit, state)
    if find is not None:
        ranked = rank_units(read, find)
        unit = int(ranked.index[0])
        _print(ranked, find)
        on = f"{on}, {find} r = {ranked['second half'].iloc[0]:.2f} on its second half"
    table = read.table()[["token", f"unit {unit}"]]
    level = opened.encoder.tokenizer.level
    shown = table if out.lower().endswith(".html") else _beginning(table)
    where = f"{state} of layer {layer}, {opened.name}"
    files.write_text(unit_text(shown, int(unit or 0), where, on, level), table)


def _beginning(table: "pd.DataFrame") -> "pd.DataFrame":
    """Leave of a long text what a picture has room for, to the end of a word."""
    ends = table["token"].str.len().cumsum()
    if ends.iloc[-1] <= SHOWN:
        return table
    room = int((ends <= SHOWN).sum())
    spaces = [k for k in range(room) if str(table["token"][k]).isspace()]
    return table[: spaces[-1] + 1 if spaces else max(room, 1)]


def _print(ranked: "pd.DataFrame", name: str) -> None:
    headings = ("unit", f"correlation with {name}", "on the second half")
    rows = [
        (str(unit), f"{row['correlation']:+.3f}", f"{row['second half']:+.3f}")
        for unit, row in ranked.head(RANKED).iterrows()
    ]
    console.print_table(headings, rows, right=(0, 1, 2))
