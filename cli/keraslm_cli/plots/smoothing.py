"""keraslm plot smoothing: the counts after one history, and each smoothing of them."""

import click

from keraslm_cli import completion, console, texts
from keraslm_cli.counted import corpus_options, open_counted
from keraslm_cli.help_page import number_option
from keraslm_cli.pictures import Files, files_options

HELP = f"""Draw what each smoothing makes of the counts after HISTORY.

The training part of CORPUS is counted; what a smoothing chooses on held-out text, it
chooses on the validation part.

{texts.CORPUS_HELP}
"""


@click.command(help=HELP)
@click.argument("corpus", shell_complete=completion.texts)
@click.argument("history", type=click.UNPROCESSED)
@number_option("--order", 3, "The tokens of the longest n-grams.", least=1)
@corpus_options
@files_options
def command(
    corpus: str,
    history: str,
    order: int,
    level: str,
    tokenize: bool,
    encoding: str,
    out: str,
    csv: str | None,
) -> None:
    """Count, smooth and draw."""
    from keraslm.counts.continuations import continuation_table
    from keraslm.figures.smoothing import smoothing_figure
    from keraslm.text.encoder import TextEncoder

    files = Files(out, csv)
    files.check([corpus])
    opened, tokenizer = open_counted(corpus, level, tokenize, encoding, "90/5/5")
    with console.working(f"counting {opened.train.name}"):
        encoder, ids = TextEncoder.learn(tokenizer, opened.train)
        valid = None if opened.valid is None else encoder.encode(opened.valid)
        table = continuation_table(encoder, ids, history, order, valid)
    title = f"What follows “{history}” in {opened.train.name}"
    about = (
        f"counts and probabilities of {order}-grams; black mark: MLE; hatched: a bar "
        "that is cut short"
    )
    files.write(table, lambda: smoothing_figure(table, title, about))
