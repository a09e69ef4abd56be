"""keraslm plot surprisal: a text shaded by what its tokens cost a model."""

import click

from keraslm_cli import completion, models
from keraslm_cli.commands.compare import labels
from keraslm_cli.pictures import LENGTH, Files, files_options, passage, passage_options


@click.command()
@click.argument("model", shell_complete=completion.files)
@click.argument("sentence", required=False, type=click.UNPROCESSED)
@click.option(
    "--minus",
    metavar="MODEL",
    shell_complete=completion.files,
    help="Shade by the bits of the first model less those of this one.",
)
@models.level_option
@passage_options(LENGTH)
@files_options
def command(
    model: str,
    sentence: str | None,
    minus: str | None,
    level: str | None,
    named: str | None,
    length: int,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Shade SENTENCE, or a text, by the bits that each token costs MODEL."""
    from keraslm.figures import surprisal
    from keraslm.surprisal import surprisals
    from keraslm.truth import told_alike

    files = Files(out, csv)
    files.check([each for each in (model, minus, named) if each])
    for path in filter(None, (model, minus)):
        models.check_there(path)
    text, on = passage(sentence, named, length, encoding)
    if minus is None:
        opened = models.open_model(model, level)
        table = surprisal.surprisal_table(opened.score(text))
        unit = opened.encoder.tokenizer.level
        files.write_text(surprisal.surprisal_text(table, opened.name, on, unit))
        return
    paths = [model, minus]
    two = told_alike([models.open_model(path, level) for path in paths])
    names = labels([each.name for each in two], paths)
    table = surprisals(two[0], two[1], text, names=names).table()
    unit = two[0].encoder.tokenizer.level
    files.write_text(surprisal.difference_text(table, names, on, unit))
