"""keraslm train: from a text to a model."""

import sys
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm_cli import texts

if TYPE_CHECKING:
    from keraslm.card import Card
    from keraslm.text.corpus import Corpus
    from keraslm.training.options import Configuration

HELP = f"""Train a model on CORPUS and write it to the folder RUN.

RUN holds model.keras, config.toml, history.csv, samples.txt, card.json,
perplexity.png and checkpoint.zip. Without options: an LSTM on words. Options that are
left out take a good value for the model and the level; config.toml says which. With
--find-rate, only learning_rate.csv and learning_rate.png are written.

{texts.CORPUS_HELP}
"""

_WHOLE = click.INT
_REAL = click.FLOAT


def _option(*names: str, **settings: Any) -> Any:
    return click.option(*names, default=None, **settings)


_SMOOTHING_HELP = (
    "ngram: mle, additive, stupid-backoff, katz, jelinek-mercer, witten-bell, "
    "absolute-discounting, kneser-ney or modified-kneser-ney, the default."
)
_OPTIONS = (
    _option("--level", metavar="word|char", help="Tokens are words or characters."),
    _option(
        "--model",
        metavar="NAME",
        help="ngram, bigram, trigram, neural-ngram, maxent, rnn, gru or lstm.",
    ),
    _option("--out", metavar="RUN", help="The folder to write."),
    click.option("--overwrite", is_flag=True, help="Replace a run that is in RUN."),
    click.option("--resume", is_flag=True, help="Go on with the run that is in RUN."),
    click.option("--recipe", metavar="NAME", help="Published settings; flags win."),
    click.option("--config", metavar="FILE", help="Options in TOML; flags win."),
    click.option("--find-rate", is_flag=True, help="Suggest a rate, train no model."),
    click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
    # the text
    _option("--encoding", metavar="NAME", help="The text's encoding; else utf-8."),
    _option("--split", metavar="A/B[/C]", help="Shares of train/valid[/test]."),
    _option("--tokenize/--no-tokenize", help="Words: split off punctuation and case."),
    _option("--vocabulary-size", type=_WHOLE, help="The most frequent tokens to keep."),
    _option("--min-count", type=_WHOLE, help="Drop tokens that are rarer."),
    # counts
    _option("--order", type=_WHOLE, help="ngram, maxent: tokens of an n-gram; 3."),
    _option("--smoothing", metavar="NAME", help=_SMOOTHING_HELP),
    _option("--prune", metavar="0,0,1", help="ngram: leave out counts up to these."),
    _option(
        "--delta", type=_REAL, help="additive: added to counts; else validation's."
    ),
    # features of the history
    _option("--direct-order", type=_WHOLE, help="rnn, gru, lstm: add a maxent model."),
    _option("--skip", type=_WHOLE, help="Features also skip up to so many tokens."),
    _option("--features", metavar="hashed:22", help="Hashed into 2^22 weights."),
    # the network
    _option("--context", type=_WHOLE, help="neural-ngram: previous tokens; 4."),
    _option("--input", metavar="KIND", help="one-hot, bag-of-words or embedding."),
    _option("--hidden", metavar="200,100|none", help="Hidden layers of n-gram models."),
    _option("--embedding", type=_WHOLE, help="Width of a token's vector."),
    _option("--embeddings", metavar="FILE", help="Start from pretrained vectors."),
    _option("--freeze/--fine-tune", help="Keep those vectors, or train them on."),
    _option(
        "--skip-bad-lines/--no-skip-bad-lines",
        help="Leave out malformed lines of that file.",
    ),
    _option("--layers", type=_WHOLE, help="Recurrent layers."),
    _option("--units", type=_WHOLE, help="Units of a recurrent layer."),
    _option("--dropout", type=_REAL, help="Share of units dropped in training."),
    _option("--embedding-dropout", type=_REAL, help="Share of words dropped."),
    _option("--weight-drop", type=_REAL, help="Share of recurrent weights dropped."),
    _option("--tied/--no-tied", help="Predict with the embedding's own weights."),
    _option("--residual/--no-residual", help="Add a layer's input to its output."),
    _option("--softmax", metavar="NAME", help="full, adaptive, classes or sampled."),
    _option("--classes", metavar="N|FILE", help="Of the softmax; FILE: of classes."),
    _option(
        "--samples", type=_WHOLE, help="Words a step of the sampled softmax; 1024."
    ),
    _option("--activation", metavar="tanh|sigmoid", help="Of the rnn."),
    # the optimizer
    _option(
        "--optimizer", metavar="NAME", help="sgd, momentum, rmsprop, adam or adamw."
    ),
    _option("--learning-rate", type=_REAL, help="At its highest."),
    _option("--feature-rate", type=_REAL, help="Of features, times that rate."),
    _option(
        "--schedule",
        metavar="NAME",
        help="constant, cosine, linear, decay (by epoch) or plateau.",
    ),
    _option("--warmup", type=_WHOLE, help="Steps of rising learning rate."),
    _option("--plateau-factor", type=_REAL, help="For the rate at a plateau; 0.5."),
    _option("--decay", type=_REAL, help="For the rate, each epoch of a decay; 0.5."),
    _option("--decay-after", type=_WHOLE, help="Epochs before the decay; 0."),
    _option("--weight-decay", type=_REAL, help="Of adamw, times the rate."),
    _option("--l1", type=_REAL, help="Penalty of the features' weights; 0."),
    _option("--l2", type=_REAL, help="Penalty of their squares; 0."),
    _option("--clip-norm", type=_REAL, help="Largest norm of the gradient; 1."),
    _option("--clip-value", type=_REAL, help="Largest entry of it, instead."),
    _option("--average-steps", type=_WHOLE, help="Keep the mean of the last weights."),
    _option(
        "--average-after",
        type=_WHOLE,
        help="Average from a validation worse than those so many before it.",
    ),
    # the run
    _option("--batch-size", type=_WHOLE, help="Rows that are read side by side."),
    _option("--bptt", "--time", "time", type=_WHOLE, help="Tokens of a row in a step."),
    _option("--vary-time/--no-vary-time", help="Vary that number from step to step."),
    _option("--state", metavar="carried|reset", help="From one step to the next."),
    _option(
        "--precision",
        metavar="float32|bfloat16",
        help="Of large products; bfloat16 where the processor is made for it.",
    ),
    _option("--epochs", type=_WHOLE, help="End after so many passes over the text."),
    _option("--steps", type=_WHOLE, help="End after so many updates."),
    _option("--minutes", type=_REAL, help="End after so much time."),
    _option("--patience", type=_WHOLE, help="End after so many worse validations."),
    _option("--keep-last", type=_WHOLE, help="Keep so many validated models; 0."),
    _option("--seed", type=_WHOLE, help="Of every random number; 0."),
    _option("--log-steps", type=_WHOLE, help="Log training perplexity so often; 50."),
    _option("--valid-steps", type=_WHOLE, help="Validate so often; else every epoch."),
    _option("--sample-steps", type=_WHOLE, help="Write a sample so often."),
    _option("--checkpoint-steps", type=_WHOLE, help="Write a checkpoint so often."),
    _option("--checkpoint-minutes", type=_REAL, help="And after so much time; 5."),
    _option("--tensorboard/--no-tensorboard", help="Log for TensorBoard too."),
    _option("--init-from", metavar="MODEL", help="Start from its weights."),
    _option("--dry-run/--no-dry-run", help="Two steps and an evaluation."),
)


def _with_options(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.command(help=HELP)
@click.argument("corpus", required=False)
@_with_options
def command(
    corpus: str | None,
    recipe: str | None,
    config: str | None,
    overwrite: bool,
    resume: bool,
    find_rate: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Put the options together, train, and say what came of it."""
    from keraslm.files.destinations import check_folder
    from keraslm.training.find_rate import check_has_rate
    from keraslm.training.options import UNSET, Configuration, read_toml
    from keraslm.training.recipes import read_recipe
    from keraslm.training.run import check_options

    _check_resume(resume, overwrite, find_rate)
    given = {name: value for name, value in flags.items() if value is not None}
    given |= {} if corpus is None else {"corpus": corpus}
    published = read_recipe(recipe).options if recipe else {}
    options = {**published, **(read_toml(config) if config else {}), **given}
    c = Configuration(**options)
    if find_rate:
        check_has_rate(c)
    check_options(c)
    if c.out is not None:
        check_folder(c.out)
    asked = "split" in given or c.split != UNSET.split
    opened = texts.open_named_corpus(c.corpus, c.encoding, c.split, asked)
    if find_rate:
        _find_rate(c, opened, overwrite, as_json)
    else:
        train_and_tell(c, opened, overwrite, resume, as_json)


def _check_resume(resume: bool, overwrite: bool, find_rate: bool) -> None:
    if resume and (overwrite or find_rate):
        other = "--overwrite" if overwrite else "--find-rate"
        raise UsageError(f"--resume goes on with a run; it cannot stand with {other}")


def train_and_tell(
    c: "Configuration", corpus: "Corpus", overwrite: bool, resume: bool, as_json: bool
) -> None:
    """Train, show how it goes and print what came of it."""
    from keraslm.ranking import unknown_warning
    from keraslm.training.run import train
    from keraslm_cli import console
    from keraslm_cli.training_progress import TrainingProgress

    with TrainingProgress() as progress:
        run = train(c, corpus, overwrite, progress, _command_line(), resume)
    if as_json:
        console.print_json(run.card.to_dict())
        return
    console.say(f"{run.folder.path}: {summary(run.card)}")
    if warning := unknown_warning(run.card):
        console.note(f"Warning: {warning}")


def summary(card: "Card") -> str:
    """Say in a line what was measured, and how far above the grammar it is."""
    from keraslm.floor import Floor
    from keraslm_cli import console

    if card.unmeasured:
        return f"{card.model}, no figure: {card.unmeasured}"
    text = f"{card.model}, perplexity {console.number(card.perplexity, 2)} "
    text += (
        f"({console.number(card.nats_per_token)} nats a token) on {card.name_of_text}"
    )
    if card.oov_tokens:
        text += f", {card.perplexity_without_oov:,.2f} of its known tokens"
    if floor := Floor.of_card(card.to_dict()):
        text += (
            f"; {floor.above(card):,.1%} above the grammar, "
            f"{floor.grammar.perplexity_without_oov:,.2f} on the same text "
            f"(entropy of the language {floor.entropy.perplexity:,.2f})"
        )
    return text


def _find_rate(
    c: "Configuration", corpus: "Corpus", overwrite: bool, as_json: bool
) -> None:
    from keraslm.training.find_rate import find_rate
    from keraslm_cli import console
    from keraslm_cli.training_progress import TrainingProgress

    with TrainingProgress() as progress:
        found = find_rate(c, corpus, overwrite, progress)
    if as_json:
        console.print_json(found.to_dict())
        return
    rises = "it did not rise up to the highest rate tried"
    if found.rises_at is not None:
        rises = f"it starts to rise at {found.rises_at:.2g}"
    console.say(
        f"{found.folder.path}: try --learning-rate {found.learning_rate:.2g} "
        f"(the loss still falls there; {rises})"
    )


def _command_line() -> str:
    return " ".join(["keraslm", *sys.argv[1:]])
