"""keraslm counts: what there is to count in a text, as tables and pictures."""

from typing import TYPE_CHECKING

import click

from keraslm_cli import console, outputs, texts
from keraslm_cli.counted import count, level_option
from keraslm_cli.files_written import write_csv
from keraslm_cli.help_page import number_option

if TYPE_CHECKING:
    import pandas as pd

HELP = f"""Count the n-grams of CORPUS.

Two tables are printed: how often each of some words follows each other, and how many
n-grams there are of every order, how many occur once, twice, and so on. Of a corpus
with parts, the training part is counted.

{texts.CORPUS_HELP}
"""
WORDS = 10
UNITS = {"word": "word", "char": "character"}


@click.command(help=HELP)
@texts.corpus_argument
@level_option
@number_option("--order", 2, "The tokens of the longest n-grams.", least=1)
@click.option(
    "--words",
    metavar="A,B,...",
    help=f"The words of the table.  [default: the {WORDS} commonest]",
)
@texts.tokenize_option
@texts.encoding_option
@click.option("--json", "as_json", is_flag=True, help="Print the tables as JSON.")
@click.option(
    "--csv", metavar="FILE", help="Write the table to FILE, which is replaced."
)
@click.option(
    "--heatmap", metavar="FILE.png", help="Draw the table to a file, which is replaced."
)
@click.option(
    "--zipf", metavar="FILE.png", help="Draw the counts by rank to such a file."
)
def command(
    corpus: str,
    level: str,
    order: int,
    words: str | None,
    tokenize: bool,
    encoding: str,
    as_json: bool,
    csv: str | None,
    heatmap: str | None,
    zipf: str | None,
) -> None:
    """Count, print, write and draw."""
    from keraslm.counts import tables

    _check(corpus, csv, (heatmap, zipf))
    text, encoder, ngrams = count(corpus, level, tokenize, encoding, order)
    usual = tables.most_frequent(encoder.vocabulary, WORDS)
    asked = usual if words is None else words.split(",")
    table = tables.count_table(ngrams, encoder.vocabulary, asked)
    sizes = tables.size_table(ngrams)
    if csv:
        write_csv(table, csv)
    if heatmap:
        from keraslm.figures.counts import draw_count_table

        said = f"how often a column's {UNITS[level]} follows a row's"
        draw_count_table(table, heatmap, f"Counts of {text.name}", said)
    if zipf:
        from keraslm.figures.counts import draw_ranks

        draw_ranks(ngrams.counts, zipf, f"N-grams of {text.name}")
    if as_json:
        shown = {"table": table.to_dict("split"), "sizes": sizes.to_dict("index")}
        console.print_json(shown)
        return
    if len(table):
        _print(table)
    else:
        console.say(f"No {order - 1} of these words follow each other in the text.")
    console.print_blank()
    _print(sizes)


def _check(
    corpus: str,
    csv: str | None,
    pictures: tuple[str | None, ...],
) -> None:
    """Refuse before any work what cannot be done.

    Raises: UsageError
    """
    drawn = [picture for picture in pictures if picture is not None]
    if csv is not None:
        outputs.check_output(csv, inputs=[corpus])
    for picture in drawn:
        outputs.check_picture(picture, inputs=[corpus])
    outputs.check_different(drawn if csv is None else [csv, *drawn])


def _print(table: "pd.DataFrame") -> None:
    headings = (str(table.index.name), *map(str, table.columns))
    rows = [
        (str(name), *(f"{value:,}" for value in row))
        for name, row in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    rare_first = headings[:1:-1]  # the commonest word and what is left of the table
    right = range(1, len(headings))
    console.print_table(headings, rows, right=right, leave=rare_first)
