"""The training of a masked model, from the text to the folder RUN."""

import dataclasses
import os
import pathlib
from typing import Any

import numpy as np

from keraslm.errors import CorpusError
from keraslm.masked.card import MaskedCard
from keraslm.masked.files import load
from keraslm.masked.model import MaskedModel
from keraslm.masked.options import MaskedOptions
from keraslm.masked.pieces import evenly_spaced, lines_of, pieces_of
from keraslm.tasks.folder import TaskFolder
from keraslm.tasks.job import Job, Training
from keraslm.tasks.run import train
from keraslm.text.corpus import Corpus
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.training.printed import PrintedProgress
from keraslm.training.reporter import Reporter

VALIDATED = 50_000  # tokens of the validation text, of which one a line is masked


@dataclasses.dataclass(frozen=True)
class MaskedRun:
    """What a run came to: the model, its card, its folder."""

    model: MaskedModel
    card: MaskedCard
    folder: TaskFolder


def train_masked(
    o: MaskedOptions,
    corpus: Corpus | str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    command: str = "",
    verbose: bool = False,
    resume: bool = False,
) -> MaskedRun:
    """Train a masked model and write the folder RUN.

    The card measures it on the corpus's test text, or else on its validation text; a
    corpus that has neither is measured on its training text. With `resume` the run in
    the folder goes on as if it had never been interrupted.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number; Terminated at a SIGTERM or SIGHUP.
    """
    reporter = reporter or (PrintedProgress() if verbose else Reporter())
    return MaskedRun(*train(o, MaskedJob, corpus, overwrite, reporter, command, resume))


class MaskedJob(Job):
    """The training of a masked model on a text."""

    def __init__(self, o: MaskedOptions, corpus: Corpus) -> None:
        self._o = o
        _ = o.shape  # refuses vectors that do not fit
        parts = {"train": corpus.train, "valid": corpus.valid, "test": corpus.test}
        self.parts = {part: text for part, text in parts.items() if text is not None}
        tokenizer = tokenizer_named(o.tokenizer)
        limits = o.vocabulary_size, o.min_count
        self.encoder, ids = TextEncoder.learn(tokenizer, corpus.train, *limits)
        self.hashes = {"vocabulary (SHA-256)": self.encoder.hash}
        self._pieces = self._pieces_of(ids)
        if not self._pieces:
            raise CorpusError(f"{corpus.train.name} has no line with a token in it")

    def _pieces_of(self, ids: Any, most: int | None = None) -> list[np.ndarray]:
        boundary = self.encoder.vocabulary.boundary_id
        lines = evenly_spaced(lines_of(ids, boundary), most)
        return pieces_of(lines, boundary, self._o.context)

    def fit(self, t: Training) -> None:
        """Train the network."""
        from keraslm.masked.batches import MaskedBatches
        from keraslm.masked.fit import fit_masked, suits_padding

        share, size = self._o.masked_share, self._o.batch_size
        padded = suits_padding()
        batches = MaskedBatches(self._pieces, share, size, self._o.seed, padded=padded)
        valid = None
        if "valid" in self.parts:
            ids = self.encoder.encode(self.parts["valid"])
            share = None if share is None else 0.0
            pieces = self._pieces_of(ids, VALIDATED)
            valid = MaskedBatches(pieces, share, size, in_order=True, padded=padded)
        fit_masked(self.encoder, batches, valid, t)

    def load(self, path: pathlib.Path) -> MaskedModel:
        """Open the model."""
        return load(path)

    def card(self, model: MaskedModel, command: str) -> MaskedCard:
        """Measure it."""
        return model.evaluate(self.measured, command)
