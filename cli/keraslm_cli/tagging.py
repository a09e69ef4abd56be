"""Taggers on the command line: their training, and the card that is printed."""

import contextlib
import sys
from typing import TYPE_CHECKING, Any

from keraslm.errors import UsageError
from keraslm_cli import console, texts
from keraslm_cli.visible import token_name

if TYPE_CHECKING:
    from keraslm.accuracy import Accuracy
    from keraslm.tasks import TaggingCard

DRAWN = "crossroads"  # the dataset whose grammar says what is possible
ERRORS = 5  # that are printed, of those that are most frequent
NO_OPTIONS = {
    "recipe": "a recipe is of a language model",
    "find_rate": "the learning rate is searched for language models",
    "resume": "the training of a tagger is not resumed",
}


def train_and_tell(
    given: dict[str, Any], config: str | None, overwrite: bool, as_json: bool
) -> None:
    """Train a tagger, show how it goes and print what came of it."""
    from keraslm.files.destinations import check_folder
    from keraslm.tasks import TaggerOptions
    from keraslm.tasks.options import read_options
    from keraslm.tasks.run import check_options, train_tagger
    from keraslm_cli.training_progress import TrainingProgress

    o = TaggerOptions.of((read_options(config) if config else {}) | given)
    check_options(o)
    if o.out is not None:
        check_folder(o.out)
    corpus = texts.open_named_corpus(o.corpus, o.encoding, o.split, "split" in given)
    with TrainingProgress() as progress:
        command = " ".join(["keraslm", *sys.argv[1:]])
        possible = possible_on(o.corpus)
        run = train_tagger(o, corpus, overwrite, progress, command, references=possible)
    if as_json:
        console.print_json(run.card.to_dict())
    else:
        print_card(run.card)
        console.say(f"{run.folder.path}: {run.card.model}, and confusion.png")


def refuse_others(**options: Any) -> None:
    """Refuse options of the command that only language models have.

    Raises: UsageError
    """
    for name, value in options.items():
        if value:
            raise UsageError(
                f"{NO_OPTIONS[name]}; leave `{name}` out with `task='tag'`"
            )


def is_tagger(path: str) -> bool:
    """Say whether a file is a tagger's; what is no model file is none."""
    from keraslm.errors import KeraslmError
    from keraslm.files import archive

    with contextlib.suppress(KeraslmError):
        return archive.read_description(path)["kind"] == archive.TAGGER
    return False


def evaluate_and_tell(
    model: str, text: str, encoding: str, command: str, as_json: bool
) -> None:
    """Measure a tagger on a text of two columns, and print the card."""
    import dataclasses

    from keraslm.tasks import load

    tagger = load(model)
    opened = texts.open_named_text(text, encoding)
    with console.working(f"measuring {tagger.name} on {opened.name}"):
        card = tagger.evaluate(opened, command)
        card = dataclasses.replace(card, references=possible_on(text))
    if as_json:
        console.print_json(card.to_dict())
    else:
        print_card(card)


def possible_on(name: str) -> dict[str, float]:
    """Give the best accuracies that the grammar of a dataset allows, if it is known."""
    if not texts.is_dataset(name) or name.split(":")[0] != DRAWN:
        return {}
    from keraslm_datasets import crossroads

    bounds = crossroads.bounds()
    return {
        "possible by the word alone": bounds.most_frequent,
        "possible from the left": bounds.left,
        "possible from both sides": bounds.both,
    }


def print_card(card: "TaggingCard") -> None:
    """Print what was measured, by tag too, and the commonest errors."""
    console.print_styled(f"{card.model} on {card.name_of_text}", "bold")
    console.print_table(("", "", ""), _rows(card), right=(1,))
    console.print_blank()
    by_tag = [
        (token_name(tag), percent(found.share), _interval(found), f"{found.n:,}")
        for tag, found in card.by_tag().items()
    ]
    console.print_table(
        ("tag", "accuracy", "95% interval", "words"),
        by_tag,
        right=(1, 2, 3),
        leave=("95% interval",),
        texts=(),
    )
    console.print_blank()
    errors = [
        f"{token_name(tag)} as {token_name(other)} {number:,}"
        for tag, other, number in card.errors()[:ERRORS]
    ]
    console.say(f"commonest errors: {', '.join(errors) or 'none'}")


def _rows(card: "TaggingCard") -> list[tuple[str, str, str]]:
    found, unknown = card.accuracy, card.unknown
    sure = f"of {found.n:,} words are right; 95% interval {_interval(found)}"
    rows = [("accuracy", percent(found.share), sure)]
    if unknown.n:
        of_unknown = f"of {unknown.n:,} words that the vocabulary lacks"
        rows.append(("  unknown", percent(unknown.share), of_unknown))
    else:
        rows.append(("  unknown", "none", "every word is in the vocabulary"))
    rows += [("", percent(share), name) for name, share in card.references.items()]
    return [
        *rows,
        ("sentences", f"{card.sentences:,}", f"sha256 {card.text_sha256[:8]}..."),
        ("vocabulary", f"{card.vocabulary_size:,}", f"words; {len(card.tags)} tags"),
    ]


def _interval(accuracy: "Accuracy") -> str:
    low, high = accuracy.interval()
    return f"{percent(low)} to {percent(high)}"


def percent(share: float) -> str:
    """Write a share to a hundredth of a percent."""
    return f"{console.number(100 * share, 2)}%"
