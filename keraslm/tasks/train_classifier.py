"""The training of a classifier, from the table of texts to the folder RUN."""

import dataclasses
import functools
import os
import pathlib

import numpy as np

from keraslm.errors import CorpusError
from keraslm.tasks.classifier import Classifier, best_temperature, check_labels
from keraslm.tasks.files import load_classifier
from keraslm.tasks.folder import TaskFolder
from keraslm.tasks.job import Job, Training
from keraslm.tasks.label_card import LabelCard
from keraslm.tasks.options import ClassifierOptions
from keraslm.tasks.pretrained import more_words
from keraslm.tasks.reading import read_all
from keraslm.tasks.run import train
from keraslm.tasks.table import LabelledText, read_tables
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.corpus import Corpus
from keraslm.training.printed import PrintedProgress
from keraslm.training.reporter import Reporter

BASELINE = "most frequent label"
RELIABILITY = "reliability.png"


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
    resume: bool = False,
) -> ClassifierRun:
    """Train a classifier and write the folder RUN.

    The card measures it on the corpus's test text, or else on its validation text; a
    corpus that has neither is measured on its training text. Beside the accuracy stand
    that of the commonest label of the training text, and the `references` given. With
    `resume` the run in the folder goes on as if it had never been interrupted.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number.
    """
    reporter = reporter or (PrintedProgress() if verbose else Reporter())
    job = functools.partial(ClassifierJob, references=references or {})
    return ClassifierRun(*train(o, job, corpus, overwrite, reporter, command, resume))


class ClassifierJob(Job):
    """The training of a classifier on tables of labelled texts."""

    def __init__(
        self, o: ClassifierOptions, corpus: Corpus, references: dict[str, float]
    ) -> None:
        self.parts = read_tables(corpus, o.split)
        text = self.parts["train"]
        words = (word for each in text.texts for word in each.words)
        labels = [each.label for each in text.texts]
        _check_are_classes(text.name, labels)
        self.vocabulary = TagVocabulary.learn(
            text.name, words, labels, o.min_count, more_words(o)
        )
        for part in self.parts.values():
            check_labels(self.vocabulary, part)
        self.hashes = {"vocabulary (SHA-256)": self.vocabulary.hash}
        commonest = max(self.vocabulary.tags, key=labels.count)
        share = np.mean([each.label == commonest for each in self.measured.texts])
        self._references = {BASELINE: float(share)} | references

    def fit(self, t: Training) -> None:
        """Train a network."""
        from keraslm.tasks.batches import LabelBatches
        from keraslm.tasks.fit_labels import fit_labels

        texts = {part: text.texts for part, text in self.parts.items()}
        fit_labels(texts, LabelBatches, self.vocabulary, t)

    def load(self, path: pathlib.Path) -> Classifier:
        """Open the classifier, and calibrate it."""
        model = load_classifier(path)
        if "valid" in self.parts:
            model.metadata["temperature"] = _calibrated(model, self.parts["valid"])
        return model

    def card(self, model: Classifier, command: str) -> LabelCard:
        """Measure it."""
        card = model.evaluate(self.measured, command)
        return dataclasses.replace(card, references=self._references)

    def draw(self, card: LabelCard, path: pathlib.Path) -> None:
        """Draw what was taken for what, and how sure the model was of it."""
        from keraslm.figures.confusion import draw_confusion
        from keraslm.figures.reliability import draw_reliability

        draw_confusion(card.labels, card.confusion, path, *card.titles)
        draw_reliability(
            card.reliability.to_list(),
            path.with_name(RELIABILITY),
            f"{card.model}: reliability",
            f"the calibration error is {card.reliability.error:.2%}",
        )


def _check_are_classes(name: str, labels: list[str]) -> None:
    """Refuse labels that are measurements, or names of single texts.

    Raises: CorpusError
    """
    different = len(set(labels))
    if different > 2 and different > len(labels) / 2:
        raise CorpusError(
            f"{name} has {different:,} labels for {len(labels):,} texts, so most occur "
            "once and cannot be learnt; a label is the name of a class, and a number "
            f"such as {labels[0][:20]!r} must be made one first"
        )


def _calibrated(model: Classifier, valid: LabelledText) -> float:
    """Choose the temperature by the validation text."""
    ids = [model.vocabulary.ids(text.words) for text in valid.texts]
    right = model.vocabulary.tag_ids(text.label for text in valid.texts)
    return best_temperature(np.stack(read_all(model.reader.read, ids)), right)
