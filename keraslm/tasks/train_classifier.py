"""The training of a classifier, from the table of texts to the folder RUN."""

import dataclasses
import os

import numpy as np

from keraslm.tasks.classifier import Classifier, best_temperature, check_labels
from keraslm.tasks.files import load_classifier
from keraslm.tasks.folder import TaskFolder
from keraslm.tasks.label_card import LabelCard
from keraslm.tasks.options import ClassifierOptions
from keraslm.tasks.reading import read_all
from keraslm.tasks.run import fit_into, metadata_of, open_run
from keraslm.tasks.table import LabelledText, read_tables
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.corpus import Corpus
from keraslm.training.printed import PrintedProgress
from keraslm.training.reporter import Reporter

BASELINE = "most frequent label"


@dataclasses.dataclass(frozen=True)
class ClassifierRun:
    """What a run came to: the model, its card, its folder."""

    model: Classifier
    card: LabelCard
    folder: TaskFolder


def train_classifier(
    o: ClassifierOptions,
    corpus: Corpus | str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    command: str = "",
    verbose: bool = False,
    references: dict[str, float] | None = None,
) -> ClassifierRun:
    """Train a classifier and write the folder RUN.

    The card measures it on the corpus's test text, or else on its validation text; a
    corpus that has neither is measured on its training text. Beside the accuracy stand
    that of the commonest label of the training text, and the `references` given.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number.
    """
    reporter = reporter or (PrintedProgress() if verbose else Reporter())
    corpus, folder = open_run(o, corpus, overwrite)
    parts = read_tables(corpus, o.split)
    train = parts["train"]
    words = (word for text in train.texts for word in text.words)
    labels = [text.label for text in train.texts]
    vocabulary = TagVocabulary.learn(train.name, words, labels, o.min_count)
    for text in parts.values():
        check_labels(vocabulary, text)
    measured = parts.get("test") or parts.get("valid") or train
    commonest = max(vocabulary.tags, key=labels.count)
    share = float(np.mean([text.label == commonest for text in measured.texts]))
    metadata = metadata_of(o, corpus, parts)
    examples = {part: text.texts for part, text in parts.items()}
    with folder.locked(), folder.unless_nothing_came():
        folder.begin(o)
        fit_into(folder, o, vocabulary, examples, metadata, reporter)
        model = load_classifier(folder.model)
        if "valid" in parts:
            model.metadata["temperature"] = _calibrated(model, parts["valid"])
        card = model.evaluate(measured, command)
        beside = {BASELINE: share} | (references or {})
        card = dataclasses.replace(card, references=beside)
        folder.finish(model.metadata, card.to_dict(), card.confusion)
    return ClassifierRun(model, card, folder)


def _calibrated(model: Classifier, valid: LabelledText) -> float:
    """Choose the temperature by the validation text."""
    ids = [model.vocabulary.ids(text.words) for text in valid.texts]
    right = model.vocabulary.tag_ids(text.label for text in valid.texts)
    return best_temperature(np.stack(read_all(model.reader.read, ids)), right)
