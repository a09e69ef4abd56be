"""keraslm plot agreement: do verbs agree with their subjects, past other nouns?"""

import click

from keraslm_cli import completion, console, texts
from keraslm_cli.commands.agreement import joined, measure, verbs_of
from keraslm_cli.models import check_there, level_option
from keraslm_cli.pictures import Files, files_options


@click.command()
@click.argument(
    "models", metavar="MODEL...", nargs=-1, required=True,
    shell_complete=completion.files,
)  # fmt: skip
@level_option
@click.option(
    "--text",
    metavar="TEXT",
    default="village:test",
    show_default=True,
    shell_complete=completion.texts,
    help="The sentences.",
)
@click.option(
    "--sentences",
    metavar="N",
    type=click.IntRange(min=1),
    help="Take the first N sentences of TEXT; by default all.",
)
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
    for model in models:
        check_there(model)
    opened = texts.open_named_text(text, encoding)
    with console.working(f"reading {opened.name}"):
        verbs = verbs_of(opened, sentences)
    table = joined(measure(models, level, verbs))
    title = f"Verbs of {opened.name} that agree with their subjects"
    about = "the share of verbs, ties counted as half; bars: 95% intervals (Wilson)"
    files.write(table, lambda: agreement_figure(table, title, about, by))
