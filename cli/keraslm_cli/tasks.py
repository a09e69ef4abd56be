"""Taggers, classifiers, translators, masked models: their training, their cards."""

import contextlib
import dataclasses
import pathlib
import sys
from typing import TYPE_CHECKING, Any

from keraslm.errors import UsageError
from keraslm_cli import console, texts
from keraslm_cli.masked import print_masked_card
from keraslm_cli.task_cards import (
    print_label_card,
    print_tagging_card,
    print_translation_card,
)

if TYPE_CHECKING:
    from keraslm.tasks.folder import TaskFolder
    from keraslm.tasks.options import TaskOptions
    from keraslm.tasks.translation.translator import Groups
    from keraslm.text.corpus import Corpus
    from keraslm.training.reporter import Reporter

TASKS = ("tag", "classify", "seq2seq")
MASKED = "masked"
NO_OPTIONS = {
    "recipe": "a recipe is of a causal language model",
    "find_rate": "the learning rate is searched for causal language models",
    "patience": "patience is of causal language models",
}


def train_and_tell(
    task: str,
    given: dict[str, Any],
    config: str | None,
    overwrite: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Train a model of a task, show how it goes and print what came of it."""
    from keraslm.files.destinations import check_folder
    from keraslm.tasks.folder import check_backend_for

    kind = options_class(task)
    o = kind.of((kind.read(config) if config else {}) | given)
    check_backend_for(o)
    if o.out is not None:
        check_folder(o.out)
    corpus = texts.open_named_corpus(o.corpus, o.encoding, o.split, "split" in given)
    train_on(o, corpus, overwrite, resume, as_json)


def _pictures(folder: "TaskFolder") -> str:
    return " and ".join(sorted(path.name for path in folder.path.glob("*.png")))


def options_of_run(
    task: str, file: pathlib.Path, given: dict[str, Any]
) -> "TaskOptions":
    """Put the options of a run and those that were given together.

    Raises: UsageError
    """
    kind = options_class(task)
    return kind.of(kind.read(file) | given)


def options_class(task: str) -> "type[TaskOptions]":
    """Give the options of a task, or of masked models."""
    from keraslm.masked.options import MaskedOptions
    from keraslm.tasks import ClassifierOptions, TaggerOptions, TranslatorOptions

    known = (TaggerOptions, ClassifierOptions, TranslatorOptions, MaskedOptions)
    kinds: dict[str, type[TaskOptions]] = {kind.task: kind for kind in known}
    return kinds[task]


def train_on(
    o: "TaskOptions", corpus: "Corpus", overwrite: bool, resume: bool, as_json: bool
) -> None:
    """Train on a corpus that is open, and print what came of it."""
    from keraslm_cli.training_progress import TrainingProgress

    with TrainingProgress() as progress:
        run = _train(o, corpus, overwrite, progress, resume)
    _tell(run.card, as_json)
    if not as_json:
        shown = ", and ".join(filter(None, (run.card.model, _pictures(run.folder))))
        console.say(f"{run.folder.path}: {shown}")


def _train(
    o: "TaskOptions",
    corpus: "Corpus",
    overwrite: bool,
    reporter: "Reporter",
    resume: bool,
) -> Any:
    command = " ".join(["keraslm", *sys.argv[1:]])
    more: dict[str, Any] = {}
    if o.task == "seq2seq":
        more = {"groups": groups_on(o.corpus)}
    elif o.task != MASKED:
        more = {"references": possible_on(o.corpus, o.task)}
    given = (o, corpus, overwrite, reporter, command)
    return training_of(o.task)(*given, resume=resume, **more)


def training_of(task: str) -> Any:
    """Give what trains a model of a task, or a masked one."""
    from keraslm.masked.train import train_masked
    from keraslm.tasks import train_classifier, train_tagger, train_translator

    known = (train_tagger, train_classifier, train_translator, train_masked)
    return dict(zip((*TASKS, MASKED), known, strict=True))[task]


def refuse_others(chosen: str, **options: Any) -> None:
    """Refuse options of the command that only causal language models have.

    `chosen` is what says otherwise, such as "task='tag'".
    Raises: UsageError
    """
    for name, value in options.items():
        if value:
            raise UsageError(f"{NO_OPTIONS[name]}; leave `{name}` out with `{chosen}`")


def refuse_own(given: dict[str, Any]) -> None:
    """Refuse options that only translators have.

    Raises: UsageError
    """
    from keraslm.tasks.translation.options import OWN

    for name in OWN.keys() & given.keys():
        raise UsageError(f"`{name}` is an option of `task='seq2seq'` alone; add that")


def is_of_a_task(path: str) -> bool:
    """Say whether a file is a task's; what is no model file is not."""
    from keraslm.errors import KeraslmError
    from keraslm.files import archive

    with contextlib.suppress(KeraslmError):
        return archive.read_description(path)["kind"] in archive.TASKS
    return False


def evaluate_and_tell(
    model: str, text: str, encoding: str, command: str, as_json: bool
) -> None:
    """Measure the model of a task on a text, and print the card."""
    from keraslm.tasks import Tagger, Translator, load

    opened_model = load(model)
    opened = texts.open_named_text(text, encoding)
    with console.working(f"measuring {opened_model.name} on {opened.name}"):
        if isinstance(opened_model, Translator):
            card: Any = opened_model.evaluate(opened, command, groups_on(text))
        else:
            task = "tag" if isinstance(opened_model, Tagger) else "classify"
            card = opened_model.evaluate(opened, command)
            card = dataclasses.replace(card, references=possible_on(text, task))
    _tell(card, as_json)


def _tell(card: Any, as_json: bool) -> None:
    from keraslm.masked.card import MaskedCard
    from keraslm.tasks import LabelCard, TaggingCard

    if as_json:
        console.print_json(card.to_dict())
    elif isinstance(card, TaggingCard):
        print_tagging_card(card)
    elif isinstance(card, LabelCard):
        print_label_card(card)
    elif isinstance(card, MaskedCard):
        print_masked_card(card)
    else:
        print_translation_card(card)


def groups_on(name: str) -> "Groups | None":
    """Give what names the groups of a dataset's pairs, if they have some."""
    if not texts.is_dataset(name) or name.split(":")[0] != "dates":
        return None
    from keraslm_datasets.dates import formats_of

    return formats_of


def possible_on(name: str, task: str) -> dict[str, float]:
    """Give the best accuracies that the grammar of a dataset allows, if it is known."""
    dataset = name.split(":")[0] if texts.is_dataset(name) else ""
    if (task, dataset) == ("tag", "crossroads"):
        from keraslm_datasets import crossroads

        of_tags = crossroads.bounds()
        return {
            "possible by the word alone": of_tags.most_frequent,
            "possible from the left": of_tags.left,
            "possible from both sides": of_tags.both,
        }
    if (task, dataset) == ("classify", "reviews"):
        from keraslm_datasets import reviews

        of_labels = reviews.bounds()
        return {
            "possible by a bag of words": of_labels.bag,
            "possible by the order too": of_labels.sentence,
        }
    return {}
