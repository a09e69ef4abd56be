"""Masked language models on the command line: their training, and their card."""

import contextlib
import pathlib
import sys
from typing import TYPE_CHECKING, Any

from keraslm.errors import UsageError
from keraslm_cli import console, texts
from keraslm_cli.task_cards import percent

if TYPE_CHECKING:
    from keraslm.masked import MaskedCard, MaskedOptions

NO_OPTIONS = {
    "recipe": "a recipe is of a causal language model",
    "find_rate": "the learning rate is searched for causal language models",
}


def refuse_others(task: str, **options: Any) -> None:
    """Refuse options of the command that only causal language models have.

    Raises: UsageError
    """
    if task != "lm":
        raise UsageError(f"`objective='masked'` is of language models, not `{task=}`")
    for name, value in options.items():
        if value:
            line = f"{NO_OPTIONS[name]}; leave `{name}` out with `objective='masked'`"
            raise UsageError(line)


def train_and_tell(
    given: dict[str, Any],
    config: str | None,
    overwrite: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Train a masked model, show how it goes and print what came of it."""
    from keraslm.masked.options import MaskedOptions, read_options

    if resume and overwrite:
        raise UsageError(
            "`resume` goes on with a run; it cannot stand with `overwrite`"
        )
    o = MaskedOptions.of((read_options(config) if config else {}) | given)
    _train(o, "split" in given, overwrite, resume, as_json)


def resume_and_tell(run: pathlib.Path, given: dict[str, Any], as_json: bool) -> None:
    """Go on with the run of a folder, and print what came of it."""
    from keraslm.masked.options import MaskedOptions, read_options

    if "patience" in given:
        raise UsageError("`patience` is of causal language models; leave it out")
    options = read_options(run / "config.toml") | given | {"out": str(run)}
    _train(MaskedOptions.of(options), False, False, True, as_json)


def _train(
    o: "MaskedOptions",
    is_split_asked: bool,
    overwrite: bool,
    resume: bool,
    as_json: bool,
) -> None:
    from keraslm.backend import check_backend
    from keraslm.files.destinations import check_folder
    from keraslm.masked.train import train_masked
    from keraslm_cli.training_progress import TrainingProgress

    check_backend()
    if o.out is not None:
        check_folder(o.out)
    corpus = texts.open_named_corpus(o.corpus, o.encoding, o.split, is_split_asked)
    command = " ".join(["keraslm", *sys.argv[1:]])
    with TrainingProgress() as progress:
        run = train_masked(o, corpus, overwrite, progress, command, resume)
    _tell(run.card, as_json)
    if not as_json:
        console.say(f"{run.folder.path}: {run.card.model}")


def is_masked(path: str) -> bool:
    """Say whether a file is of a masked model."""
    from keraslm.errors import KeraslmError
    from keraslm.files import archive

    with contextlib.suppress(KeraslmError):
        return bool(archive.read_description(path)["kind"] == archive.MASKED)
    return False


def is_of_masked(configuration: pathlib.Path) -> bool:
    """Say whether a config.toml is of a masked model's run."""
    from keraslm.masked.options import is_masked as is_masked_run

    return is_masked_run(configuration)


def evaluate_and_tell(
    model: str, text: str, encoding: str, command: str, as_json: bool
) -> None:
    """Measure a masked model on a text, and print the card."""
    from keraslm.masked import load

    opened_model = load(model)
    opened = texts.open_named_text(text, encoding)
    with console.working(f"measuring {opened_model.name} on {opened.name}"):
        card = opened_model.evaluate(opened, command)
    _tell(card, as_json)


def _tell(card: "MaskedCard", as_json: bool) -> None:
    if as_json:
        console.print_json(card.to_dict())
        return
    console.print_styled(f"{card.model} on {card.name_of_text}", "bold")
    console.print_table(("", "", ""), _rows(card), right=(1,))


def _rows(card: "MaskedCard") -> list[tuple[str, str, str]]:
    read, grammar = card.read, card.grammar
    low, high = read.accuracy.interval()
    rows = [
        (
            "pseudo-perplexity",
            console.number(read.pseudo_perplexity),
            "of each token by those on both sides; it is no perplexity",
        ),
        ("loss", console.number(read.nats), "nats per token"),
        (
            "accuracy",
            percent(read.accuracy.share),
            "of the tokens are the most probable in their blank; "
            f"95% interval {percent(low)} to {percent(high)}",
        ),
    ]
    if grammar is not None:
        figure = console.number(grammar.pseudo_perplexity)
        share = percent(grammar.accuracy.share)
        rows += [
            ("grammar", figure, "its pseudo-perplexity on the same tokens"),
            ("", share, "its accuracy there: more is hardly possible"),
        ]
    text = f"{card.lines:,} of {card.text_lines:,} lines, evenly spaced"
    if read.tokens == card.text_tokens:
        text = f"all {card.lines:,} lines"
    return [
        *rows,
        ("tokens", f"{read.tokens:,}", f"{text}; line ends are not counted"),
        ("  OOV", f"{read.oov:,}", "scored as <unk>"),
        (
            "vocabulary",
            f"{card.vocabulary_size:,}",
            f"tokens, sha256 {card.vocabulary_hash[:8]}...",
        ),
        ("text", "", f"sha256 {card.text_sha256[:8]}..."),
        ("speed", console.number(read.tokens / card.seconds, 0), "tokens per second"),
    ]
