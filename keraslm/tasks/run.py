"""What the trainings of all tasks have in common, from the corpus to the folder RUN."""

import dataclasses
import functools
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from keraslm.errors import UsageError
from keraslm.files import archive
from keraslm.tasks.folder import TaskFolder, check_backend_for, default_folder
from keraslm.tasks.job import Job, Training
from keraslm.tasks.options import TaskOptions
from keraslm.text.corpus import Corpus, open_corpus
from keraslm.training.reporter import COMPILING, Reporter
from keraslm.training.resuming import begun, fixed_options, refuse_other_texts
from keraslm.vectors.reader import read_width
from keraslm.version import __version__

NAMES = {"train": "training", "valid": "validation"}


class Trained(NamedTuple):
    """What a training came to: the model, its card, its folder."""

    model: Any
    card: Any
    folder: TaskFolder


def train(
    o: TaskOptions,
    read: Callable[[Any, Corpus], Job],
    corpus: Corpus | str | os.PathLike[str] | None,
    overwrite: bool,
    reporter: Reporter,
    command: str,
    resume: bool,
) -> Trained:
    """Read the corpus as a job of the options, do it, and measure what came of it.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number or the disk is full; Terminated at a SIGTERM or SIGHUP.
    """
    check_backend_for(o)
    o = _with_width(o)
    if not isinstance(corpus, Corpus):
        corpus = open_corpus(corpus or o.corpus, o.encoding, o.split)
    folder = TaskFolder(o.out or default_folder(o, corpus), o.picture)
    folder.check(overwrite or resume)
    job = read(o, corpus)
    metadata = _metadata(o, corpus, job)
    if resume and _is_finished(folder, o, metadata):
        reporter.note(f"{folder.path} holds this run already, and it is finished")
        model = job.load(folder.model)
        return Trained(
            model, job.card(model, model.metadata["card"]["command"]), folder
        )
    identity = functools.partial(_identity, o, job)
    earlier = functools.partial(_options_of, folder, o)
    with begun(folder, o.to_dict(), identity, earlier, reporter, resume):
        reporter.beginning(COMPILING)
        job.fit(Training(o, folder, identity(), metadata, reporter))
        model = job.load(folder.model)
        model.metadata.pop("interrupted", None)
        model.metadata |= metadata
        card = job.card(model, command)
        folder.finish(model.metadata, card.to_dict())
        if o.picture:
            job.draw(card, folder.picture)
    return Trained(model, card, folder)


def _with_width(o: TaskOptions) -> TaskOptions:
    """Take the width of the embedding from the file of vectors, if there is one.

    Raises: UsageError if another was asked for, or the file cannot be read.
    """
    if o.embeddings is None:
        return o
    width = read_width(o.embeddings)
    if o.embedding not in (type(o).embedding, width):
        raise UsageError(
            f"the vectors of {o.embeddings} have {width} numbers; received "
            f"`embedding` {o.embedding}: leave it out"
        )
    return dataclasses.replace(o, embedding=width)


def _metadata(o: TaskOptions, corpus: Corpus, job: Job) -> dict[str, Any]:
    """Say how a model was trained, and which part of its corpus each text was."""
    texts = {} if corpus.whole is None else {corpus.whole.sha256: "whole"}
    texts |= {text.sha256: part for part, text in reversed(job.parts.items())}
    return {"configuration": o.to_dict(), "texts": texts}


def _identity(o: TaskOptions, job: Job) -> dict[str, Any]:
    """Say what a run is: with the same, each of its steps comes out the same."""
    texts = {
        f"{NAMES.get(part, part)} text (SHA-256)": text.sha256
        for part, text in job.parts.items()
    }
    same = {**fixed_options(o.to_dict()), **texts, **job.hashes}
    same["version of keraslm"] = __version__
    if o.is_network:
        import keras

        same["backend"] = keras.backend.backend()
    return same


def _options_of(folder: TaskFolder, o: TaskOptions) -> dict[str, Any]:
    return type(o).of(o.read(folder.configuration)).to_dict()


def _is_finished(folder: TaskFolder, o: TaskOptions, metadata: dict[str, Any]) -> bool:
    """Say whether the folder holds this run, and it came to its end.

    Raises: UsageError if the run was of other texts.
    """
    written = [folder.configuration, folder.model, folder.card]
    written += [folder.picture] if o.picture else []
    if not all(file.exists() for file in written):
        return False
    told = archive.read_description(folder.model)["metadata"]
    if "card" not in told or told.get("interrupted"):
        return False
    where = {"corpus": o.corpus, "out": o.out}
    if {**told.get("configuration", {}), **where} != {**o.to_dict(), **where}:
        return False
    refuse_other_texts(folder, told.get("texts"), metadata["texts"].keys())
    return True
