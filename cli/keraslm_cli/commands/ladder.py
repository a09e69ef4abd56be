"""keraslm ladder: every kind of model on one text, from a uniform guess upwards."""

import pathlib
import shlex
import sys
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import Terminated
from keraslm.training.options import Configuration
from keraslm_cli import completion, console, texts
from keraslm_cli.flags import in_flags
from keraslm_cli.run_options import run_options

if TYPE_CHECKING:
    from keraslm.ladder import Ladder

RUNGS = (
    "uniform",
    "unigram",
    "additive-3",
    "katz-3",
    "katz-5",
    "katz-5-pruned",
    "stupid-backoff-5",
    "kneser-ney-5",
    "kneser-ney-5-pruned",
    "maxent-5",
    "maxent-5-skip",
    "maxent-4-classes",
    "bigram",
    "neural-bigram",
    "trigram-bag",
    "trigram",
    "window",
    "window-pretrained",
    "rnn",
    "gru",
    "lstm",
    "rnn-64-maxent",
    "rnn-128-maxent",
    "rnn-256-maxent",
    "lstm-maxent",
    "transformer",
    "lstm-kneser-ney",
)
LEAVE = (
    "bytes",
    "bits/character",
    "nats/token",
    "parameters",
    "classes",
    "seconds",
    "kind",
)
HELP = f"""Train and measure every kind of model on CORPUS.

The minutes are shared out among the models that learn for as long as they are told.
DIR holds the results as ladder.md, ladder.json, ladder.png (against time) and
ladder-size.png, and the run of every model. Models are ranked by the perplexity of the
known tokens. A ladder that was interrupted goes on when the command is given again; a
model that failed leaves its reason in the table.

The rungs: {", ".join(RUNGS)}.

{texts.CORPUS_HELP}
"""


@click.command(help=HELP)
@texts.corpus_argument
@click.option(
    "--minutes",
    metavar="X",
    type=click.FLOAT,
    required=True,
    help="The time for all models together; counting and the last measuring may take "
    "longer.",
)
@click.option(
    "--rungs",
    metavar="NAME,NAME",
    help="Train these rungs only.  [default: all]",
)
@click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path),
    metavar="DIR",
    help="The folder to write.  [default: ladders/CORPUS-LEVEL]",
)
@click.option("--overwrite", is_flag=True, help="Replace the ladder that is in DIR.")
@run_options(("level", "encoding", "split", "tokenize"))
@run_options(("vocabulary_size", "min_count", "seed"))
@click.option(
    "--embeddings",
    metavar="FILE",
    shell_complete=completion.files,
    help="A file of word vectors to start from.  [default: vectors that are trained on "
    "the training text]",
)
@click.option(
    "--skip-bad-lines", is_flag=True, help="Leave out malformed lines of that file."
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def command(
    corpus: str,
    minutes: float,
    rungs: str | None,
    out: pathlib.Path | None,
    overwrite: bool,
    embeddings: str | None,
    skip_bad_lines: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Put the options together, climb, and print the table."""
    from keraslm.files.destinations import check_folder
    from keraslm.ladder import Ladder
    from keraslm.ladder.climb import check_ladder
    from keraslm_cli.training_progress import TrainingProgress

    if skip_bad_lines and embeddings is None:
        raise click.UsageError("--skip-bad-lines is for the lines of --embeddings FILE")
    options = {name: value for name, value in flags.items() if value is not None}
    c = Configuration(**options, corpus=corpus)
    names = None if rungs is None else [name.strip() for name in rungs.split(",")]
    check_ladder(minutes, names)
    if out is not None:
        check_folder(out)
    asked = "split" in options
    opened = texts.open_named_corpus(corpus, c.encoding, c.split, asked)
    folder = out or pathlib.Path("ladders", f"{opened.name.split('.')[0]}-{c.level}")
    pretrained = {"embeddings": embeddings, "skip_bad_lines": skip_bad_lines}
    with TrainingProgress() as progress:
        ladder = Ladder(
            opened,
            folder,
            minutes,
            names,
            options | {"corpus": corpus},
            None if embeddings is None else pretrained,
            overwrite,
            progress,
            shlex.join(["keraslm", *sys.argv[1:]]),
        )
        _climb(ladder)
    if as_json:
        _print_json(ladder)
    else:
        _print(ladder)
    click.get_current_context().exit(int(all(r.failure for r in ladder.results)))


def _climb(ladder: "Ladder") -> None:
    try:
        ladder.climb()
    except (KeyboardInterrupt, Terminated):
        console.note(f"{ladder.folder.path}: the same command goes on from here")
        raise


def _print_json(ladder: "Ladder") -> None:
    from keraslm.ladder.result import ranks

    places = ranks(ladder.results)
    console.print_json(
        [
            {
                **result.to_dict(),
                "kind": result.kind.name,
                "classes": result.kind.classes,
                "rank": places.get(result.name),
                "hardly_trained": result.hardly_trained,
            }
            for result in ladder.results
        ]
    )


def _print(ladder: "Ladder") -> None:
    from keraslm.ladder.markdown import NAMES, heading, remarks, table

    results = ladder.results
    found = table(results)
    console.print_styled(heading(results), "bold")
    right = [i for i, h in enumerate(found.headings) if h not in NAMES]
    console.print_table(found.headings, found.rows, right, found.foot, LEAVE)
    for remark in remarks(results):
        console.say(in_flags(remark))
    folder = ladder.folder
    pictures = (folder.picture, folder.picture_by_size)
    drawn = "".join(f", {picture.name}" for picture in pictures if picture.exists())
    console.say(f"written: {folder.markdown}{drawn}")
