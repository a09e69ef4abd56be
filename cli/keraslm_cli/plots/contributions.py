"""keraslm plot contributions: backpropagation through time, step by step."""

from typing import Any

import click

from keraslm.errors import UsageError
from keraslm_cli import completion, models
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options, passage, passage_options


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("sentence", required=False, type=click.UNPROCESSED)
@number_option("--layer", 1, "The recurrent layer, from 1 at the bottom.", least=1)
@passage_options(40)
@files_options
def command(
    model: str,
    sentence: str | None,
    layer: int,
    named: str | None,
    length: int,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Draw what each use of U adds to the gradient of each token's loss.

    MODEL has recurrent layers, which use their matrix U once a step.
    """
    from keraslm.figures.contributions import contributions_figure
    from keraslm.probes import contributions
    from keraslm.probes.probed import ids_of, tokens_of

    files = Files(out, csv)
    files.check([each for each in (model, named) if each])
    models.check_there(model)
    text, on = passage(sentence, named, length, encoding)
    opened: Any = models.open_model(model)
    by_layer = contributions(opened, text)
    if layer > len(by_layer):
        raise UsageError(
            f"--layer must lie from 1 to {len(by_layer)}; received {layer}"
        )
    norms = by_layer[layer - 1].norms()
    tokens = tokens_of(opened, ids_of(opened, text))
    title = f"What each step adds to dJ/dU, layer {layer}, {opened.name}"
    about = f"on {on}; the first use multiplies h = 0 and adds nothing"
    files.write(norms, lambda: contributions_figure(norms, tokens, title, about))
