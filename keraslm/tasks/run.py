"""What the trainings of all tasks have in common, from the corpus to the file."""

import os
from collections.abc import Mapping
from typing import Any

from keraslm.tasks.files import save
from keraslm.tasks.folder import TaskFolder, check_backend_for, default_folder
from keraslm.tasks.options import TaskOptions
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.corpus import Corpus, open_corpus
from keraslm.training.reporter import Reporter


def open_run(
    o: TaskOptions, corpus: Corpus | str | os.PathLike[str] | None, overwrite: bool
) -> tuple[Corpus, TaskFolder]:
    """Open the corpus and the folder RUN, in which nothing is written yet.

    Raises: UsageError for what cannot be opened, or a folder that holds something.
    """
    check_backend_for(o)
    if not isinstance(corpus, Corpus):
        corpus = open_corpus(corpus or o.corpus, o.encoding, o.split)
    folder = TaskFolder(o.out or default_folder(o, corpus))
    folder.check(overwrite)
    return corpus, folder


def metadata_of(
    o: TaskOptions, corpus: Corpus, parts: dict[str, Any]
) -> dict[str, Any]:
    """Say how a model was trained, and which part of its corpus each text was."""
    texts = {} if corpus.whole is None else {corpus.whole.sha256: "whole"}
    texts |= {text.sha256: part for part, text in reversed(parts.items())}
    return {"configuration": o.to_dict(), "texts": texts}


def fit_into(
    folder: TaskFolder,
    o: TaskOptions,
    vocabulary: TagVocabulary,
    examples: Mapping[str, Any],
    metadata: dict[str, Any],
    reporter: Reporter,
) -> None:
    """Fit a network to the examples of the part train; write it and its history.

    The part valid, if there is one, chooses the epoch whose weights are kept.
    Raises: TrainingError as `fit`.
    """
    from keraslm.tasks.batches import BATCHES
    from keraslm.tasks.fit import fit

    batches = BATCHES[o.task]
    train = batches(examples["train"], vocabulary, o.batch_size, seed=o.seed)
    valid = None
    if "valid" in examples:
        valid = batches(examples["valid"], vocabulary, o.batch_size)
    network, rows = fit(o, vocabulary, train, valid, reporter)
    save(network, o.shape, vocabulary, metadata | {"history": rows}, folder.model)
    folder.write_history(rows)
