"""keraslm verify-resume: does a run that is killed and resumed come out the same?"""

import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

import click

from keraslm.errors import UsageError
from keraslm_cli import console, tasks, texts

if TYPE_CHECKING:
    from keraslm_cli.killed_run import Options

HEADINGS = ("model", "steps", "killed after", "rows", "arrays", "numbers", "resumed")
_SMALL: dict[str, Any] = {
    "vocabulary_size": 500,
    "embedding": 16,
    "dropout": 0.2,
    "batch_size": 8,
    "time": 16,
    "log_steps": 1,
    "valid_steps": 15,
    "sample_steps": 10,
    "checkpoint_steps": 7,
}
_RECURRENT = {"units": 24, "embedding_dropout": 0.1, "weight_drop": 0.1}
_LSTM = {"model": "lstm", **_RECURRENT}
_BLOCKS = {"layers": 2, "heads": 2, "units": 24, "context": 12}
MODELS: dict[str, dict[str, Any]] = {
    "neural-ngram": {"model": "neural-ngram", "hidden": "24"},
    "rnn": {"model": "rnn", **_RECURRENT},
    "gru": {"model": "gru", **_RECURRENT},
    "lstm": _LSTM,
    "lstm-vary-time": {**_LSTM, "vary_time": True},
    "lstm-sampled": {**_LSTM, "softmax": "sampled", "samples": 50},
    "transformer": {"model": "transformer", "embedding": None, **_BLOCKS},
}
_OF_TASKS: dict[str, Any] = {
    "units": 24,
    "dropout": 0.2,
    "batch_size": 8,
    "checkpoint_steps": 7,
}
TASKS: dict[str, dict[str, Any]] = {
    "masked-bilstm": {"task": "masked", "model": "bilstm"},
    "masked-transformer": {"task": "masked", "model": "transformer", "heads": 4},
    "masked-bert": {"task": "masked", "model": "bert"},
    "tagger": {"task": "tag", "corpus": "crossroads:small"},
    "classifier": {"task": "classify", "corpus": "reviews:small"},
    "translator": {"task": "seq2seq", "corpus": "dates:small"},
}
"""Models of other tasks, and the datasets of those that learn from no plain text."""


@click.command(
    name="verify-resume",
    help=f"""Check that resuming is exact.

Each model is trained on CORPUS for some steps in one go. It is trained a second time,
in a process that is killed halfway, and resumed. The losses, the weights, the
optimizer, the samples and the kept model of both must be the same, bit for bit; else
the status is 1. A tagger, a classifier and a translator learn from crossroads, reviews
and dates instead.

{texts.CORPUS_HELP}
""",
)
@texts.corpus_argument
@click.option(
    "--model",
    "models",
    multiple=True,
    type=click.Choice([*MODELS, *TASKS]),
    help="One of these only; may be given again.",
)
@click.option("--steps", type=click.IntRange(min=2), default=40, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    corpus: str,
    models: tuple[str, ...],
    steps: int,
    as_json: bool,
) -> None:
    """Train twice, kill once, compare, and print a row a model."""
    from keraslm_cli.killed_run import compare_with_killed

    if corpus == "-":
        raise UsageError("the text is read by two processes; give a file instead of -")
    texts.open_named_corpus(corpus, "utf-8", "90/5/5")  # refused before any work
    found = []
    with tempfile.TemporaryDirectory(prefix="keraslm-") as folder:
        for model in models or (*MODELS, *TASKS):
            console.note(f"{model}: {steps} steps in one go, and killed halfway")
            c = _configuration(corpus, model, steps, pathlib.Path(folder))
            found.append({"model": model, **compare_with_killed(c, steps // 2)})
    if as_json:
        console.print_json(found)
    else:
        rows = [[str(row[name]) for name in HEADINGS] for row in found]
        leave = ("arrays", "numbers", "rows", "killed after", "steps")
        console.print_table(HEADINGS, rows, right=range(1, 6), leave=leave)
    ctx.exit(int(any(row["resumed"] != "identical" for row in found)))


def _configuration(
    corpus: str, model: str, steps: int, folder: pathlib.Path
) -> "Options":
    from keraslm.training.options import Configuration

    run: dict[str, Any] = {"corpus": corpus, "out": str(folder / model), "steps": steps}
    if model in TASKS:
        task, own = TASKS[model]["task"], TASKS[model]
        given = {name: value for name, value in own.items() if name != "task"}
        return tasks.options_class(task)(**run | _OF_TASKS | given)
    return Configuration(**run | _SMALL | MODELS[model])
