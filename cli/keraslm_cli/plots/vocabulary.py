"""keraslm plot vocabulary: bits a character against the limit of the vocabulary."""

import click

from keraslm.errors import UsageError
from keraslm_cli import console, texts
from keraslm_cli.counted import corpus_options, open_counted
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options

HELP = f"""Draw what a limit of the vocabulary costs, in bits a character.

N-grams of the training part of CORPUS are counted once for each limit and measured on
its validation part. The spelling of an unknown word is paid for, 8 bits a byte and its
end; beside it stands what <unk> alone would cost.

{texts.CORPUS_HELP}
"""


@click.command(help=HELP)
@texts.corpus_argument
@click.option(
    "--limits",
    metavar="N,N,...",
    default="10,30,100,300,1000,3000",
    show_default=True,
    help="How many words are kept.",
)
@number_option("--order", 3, "The tokens of the longest n-grams.", least=1)
@corpus_options
@files_options
def command(
    corpus: str,
    limits: str,
    order: int,
    level: str,
    tokenize: bool,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Count with each limit, measure and draw."""
    from keraslm.counts.vocabulary_limits import vocabulary_table
    from keraslm.figures.vocabulary import vocabulary_figure

    numbers = _numbers(limits)
    files = Files(out, csv)
    files.check([corpus])
    opened, tokenizer = open_counted(corpus, level, tokenize, encoding, "90/5/5")
    if opened.valid is None:
        raise UsageError(f"{corpus} has no validation part to measure on")
    with console.working(f"counting {opened.train.name}"):
        table = vocabulary_table(tokenizer, opened.train, opened.valid, numbers, order)
    title = "What a limit of the vocabulary costs"
    about = f"{order}-grams of {opened.train.name}, measured on {opened.valid.name}"
    files.write(table, lambda: vocabulary_figure(table, title, about))


def _numbers(limits: str) -> list[int]:
    try:
        return sorted({int(limit) for limit in limits.split(",")})
    except ValueError as error:
        raise UsageError(
            f"--limits takes whole numbers, as in 100,1000; received {limits!r}"
        ) from error
