"""keraslm plot counts: how often words follow each other."""

import click

from keraslm_cli import texts
from keraslm_cli.counted import corpus_options, count
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options

WORDS = 10
UNITS = {"word": "word", "char": "character"}


@click.command(
    help=f"Draw how often some words of CORPUS follow each other.\n\n"
    f"{texts.CORPUS_HELP}"
)
@texts.corpus_argument
@number_option("--order", 2, "The tokens of the n-grams.", least=1)
@click.option(
    "--words",
    metavar="A,B,...",
    help=f"The words of the table.  [default: the {WORDS} commonest]",
)
@corpus_options
@files_options
def command(
    corpus: str,
    order: int,
    words: str | None,
    level: str,
    tokenize: bool,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Count and draw."""
    from keraslm.counts.tables import count_table, most_frequent
    from keraslm.figures.counts import count_table_figure

    files = Files(out, csv)
    files.check([corpus])
    text, encoder, ngrams = count(corpus, level, tokenize, encoding, order)
    usual = most_frequent(encoder.vocabulary, WORDS)
    asked = usual if words is None else words.split(",")
    table = count_table(ngrams, encoder.vocabulary, asked)
    said = f"how often a column's {UNITS[level]} follows a row's"
    title = f"Counts of {text.name}"
    files.write(table, lambda: count_table_figure(table, title, said))
