"""keraslm plot zipf: counts by their rank."""

import click

from keraslm_cli import texts
from keraslm_cli.counted import corpus_options, count
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options


@click.command(
    help=f"Draw how often the n-grams of CORPUS occur, by rank.\n\n{texts.CORPUS_HELP}"
)
@texts.corpus_argument
@number_option("--order", 3, "The tokens of the longest n-grams.", least=1)
@corpus_options
@files_options
def command(
    corpus: str,
    order: int,
    level: str,
    tokenize: bool,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Count and draw."""
    from keraslm.figures.counts import ranks_figure, ranks_table

    files = Files(out, csv)
    files.check([corpus])
    text, _, ngrams = count(corpus, level, tokenize, encoding, order)
    table = ranks_table(ngrams.counts)
    title = f"N-grams of {text.name}"
    files.write(table, lambda: ranks_figure(table, title))
