"""keraslm demo: the main job from end to end, in two minutes."""

import dataclasses
import pathlib
from typing import TYPE_CHECKING, Any

import click

from keraslm_cli import console

if TYPE_CHECKING:
    from keraslm.text.corpus import Corpus

# What is trained, and for how many minutes at most.
MODELS: tuple[dict[str, Any], ...] = (
    {"model": "ngram", "order": 3},
    {"model": "bigram", "steps": 600},
    {"model": "trigram", "steps": 350, "learning_rate": 5e-3},
    {"model": "lstm", "minutes": 1.4, "dropout": 0.0, "learning_rate": 1e-2},
)
TEXT = "village:test:medium"
WORDS = 80


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=pathlib.Path),
    default="demo",
    show_default=True,
    help="The folder of the four runs; those in it are replaced.",
)
@click.pass_context
def command(ctx: click.Context, out: pathlib.Path) -> None:
    """Train four models on the embedded corpus, and compare them.

    A count trigram, a neural bigram and trigram and an LSTM learn village, a small
    language whose grammar is known. What the grammar itself scores on the same text,
    and the entropy of the language, stand below theirs.
    """
    from keraslm.files import marker
    from keraslm.files.destinations import check_folder
    from keraslm.training.options import Configuration
    from keraslm.training.run import train
    from keraslm_cli.commands import compare, generate
    from keraslm_cli.commands.train import summary
    from keraslm_cli.training_progress import TrainingProgress

    check_folder(out)
    corpus = _village()
    marker.make_marked(out, marker.DEMO)
    runs = []
    for settings in MODELS:
        runs.append(str(out / settings["model"]))
        console.print_blank()
        console.print_styled(settings["model"], "bold")
        c = Configuration(corpus="village:large", out=runs[-1], **settings)
        with TrainingProgress() as progress:
            run = train(c, corpus, True, progress, "keraslm demo")
        console.say(summary(run.card))
    console.print_blank()
    picture = out / "perplexity.png"
    ctx.invoke(compare.command, models=tuple(runs), text=TEXT, out=picture)
    console.print_blank()
    console.print_styled("The LSTM writes:", "bold")
    how = {"length": WORDS, "temperatures": (0.8,), "seed": 1}
    ctx.invoke(generate.command, model=runs[-1], **how)


def _village() -> "Corpus":
    """Two million tokens to learn from, and twenty thousand each to measure on."""
    from keraslm_datasets.catalogue import open_dataset

    large, medium = open_dataset("village", "large"), open_dataset("village", "medium")
    return dataclasses.replace(large, valid=medium.valid, test=medium.test)
