"""keraslm plot agreement: do verbs agree with their subjects, past other nouns?"""

import click

from keraslm_cli import texts
from keraslm_cli.commands.agreement import asked_options, joined, measure
from keraslm_cli.pictures import Files, files_options


@click.command()
@asked_options
@click.option(
    "--by",
    type=click.Choice(["attractors", "distance"]),
    default="attractors",
    show_default=True,
    help="What the horizontal axis counts.",
)
@texts.encoding_option
@files_options
def command(
    models: tuple[str, ...],
    level: str | None,
    text: str,
    sentences: int | None,
    by: str,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Draw how often each MODEL prefers the form of a verb that agrees.

    The figures are those of `keraslm agreement`, with their 95% intervals.
    """
    from keraslm.figures.agreement import agreement_figure

    files = Files(out, csv)
    files.check([text, *models])
    opened, measured = measure(models, level, text, sentences, encoding)
    table = joined(measured)
    title = f"Verbs of {opened.name} that agree with their subjects"
    about = "the share of verbs, ties counted as half; bars: 95% intervals (Wilson)"
    files.write(table, lambda: agreement_figure(table, title, about, by))
