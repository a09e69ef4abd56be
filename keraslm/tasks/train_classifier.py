"""The training of a classifier, from the table of texts to the folder RUN."""

import dataclasses
import os
from typing import Any

import numpy as np

from keraslm.tasks.classifier import Classifier, best_temperature, check_labels
from keraslm.tasks.files import load_classifier, save
from keraslm.tasks.folder import TaskFolder, check_backend_for, default_folder
from keraslm.tasks.label_card import LabelCard
from keraslm.tasks.options import ClassifierOptions
from keraslm.tasks.reading import read_all
from keraslm.tasks.table import LabelledText, read_tables
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.corpus import Corpus, open_corpus
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
    check_backend_for(o)
    if not isinstance(corpus, Corpus):
        corpus = open_corpus(corpus or o.corpus, o.encoding, o.split)
    folder = TaskFolder(o.out or default_folder(o, corpus))
    folder.check(overwrite)
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
    texts = {} if corpus.whole is None else {corpus.whole.sha256: "whole"}
    texts |= {text.sha256: part for part, text in reversed(parts.items())}
    metadata = {"configuration": o.to_dict(), "texts": texts}
    with folder.locked(), folder.unless_nothing_came():
        folder.begin(o)
        _fit(o, vocabulary, parts, metadata, folder, reporter)
        model = load_classifier(folder.model)
        if "valid" in parts:
            model.metadata["temperature"] = _calibrated(model, parts["valid"])
        card = model.evaluate(measured, command)
        beside = {BASELINE: share} | (references or {})
        card = dataclasses.replace(card, references=beside)
        folder.finish(model.metadata, card.to_dict(), card.confusion)
    return ClassifierRun(model, card, folder)


def _fit(
    o: ClassifierOptions,
    vocabulary: TagVocabulary,
    parts: dict[str, LabelledText],
    metadata: dict[str, Any],
    folder: TaskFolder,
    reporter: Reporter,
) -> None:
    from keraslm.tasks.batches import LabelBatches
    from keraslm.tasks.fit import fit

    train = LabelBatches(parts["train"].texts, vocabulary, o.batch_size, seed=o.seed)
    valid = None
    if "valid" in parts:
        valid = LabelBatches(parts["valid"].texts, vocabulary, o.batch_size)
    network, rows = fit(o, vocabulary, train, valid, reporter)
    save(network, o.shape, vocabulary, metadata | {"history": rows}, folder.model)
    folder.write_history(rows)


def _calibrated(model: Classifier, valid: LabelledText) -> float:
    """Choose the temperature by the validation text."""
    ids = [model.vocabulary.ids(text.words) for text in valid.texts]
    right = model.vocabulary.tag_ids(text.label for text in valid.texts)
    return best_temperature(np.stack(read_all(model.reader.read, ids)), right)
