"""keraslm plot attention: where the heads of a transformer look in a text."""

import click

from keraslm_cli import completion, models
from keraslm_cli.pictures import Files, files_options, passage, passage_options


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("sentence", required=False, type=click.UNPROCESSED)
@click.option(
    "--layer",
    metavar="N",
    type=click.IntRange(min=1),
    help="Only this layer, from 1 at the bottom.",
)
@click.option(
    "--head", metavar="N", type=click.IntRange(min=0), help="Only this head, from 0."
)
@passage_options(40)
@files_options
def command(
    model: str,
    sentence: str | None,
    layer: int | None,
    head: int | None,
    named: str | None,
    length: int,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Draw what each head of a transformer looks at, token by token.

    A square a head, the layers above each other. In a square a row is a token that is
    read, and a column one that it sees: itself and those before it. A row sums to one.
    """
    from keraslm.figures.attention import attention_figure
    from keraslm.probes import attention_weights

    files = Files(out, csv)
    files.check([each for each in (model, named) if each])
    models.check_there(model)
    text, on = passage(sentence, named, length, encoding)
    opened = models.open_model(model)
    found = attention_weights(opened, text).only(layer, head)
    title = f"Attention of {opened.name}"
    files.write(found.table(), lambda: attention_figure(found, title, on))
