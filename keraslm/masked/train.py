"""The training of a masked model, from the text to the folder RUN."""

import dataclasses
import functools
import os
from typing import Any

import numpy as np

from keraslm.backend import check_backend
from keraslm.errors import CorpusError
from keraslm.masked.card import MaskedCard
from keraslm.masked.files import load
from keraslm.masked.folder import default_folder
from keraslm.masked.model import MaskedModel
from keraslm.masked.options import MaskedOptions, read_options
from keraslm.masked.pieces import evenly_spaced, lines_of, pieces_of
from keraslm.text.corpus import Corpus, open_corpus
from keraslm.text.encoder import TextEncoder
from keraslm.text.tokenizer import tokenizer_named
from keraslm.training.epoch_folder import EpochFolder
from keraslm.training.printed import PrintedProgress
from keraslm.training.reporter import Reporter
from keraslm.training.resuming import begun, identity

VALIDATED = 50_000  # tokens of the validation text, of which one a line is masked


@dataclasses.dataclass(frozen=True)
class MaskedRun:
    """What a run came to: the model, its card, its folder."""

    model: MaskedModel
    card: MaskedCard
    folder: EpochFolder


def train_masked(
    o: MaskedOptions,
    corpus: Corpus | str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    command: str = "",
    resume: bool = False,
    verbose: bool = False,
) -> MaskedRun:
    """Train a masked model and write the folder RUN.

    The card measures it on the corpus's test text, or else on its validation text; a
    corpus that has neither is measured on its training text. With `resume` the run in
    the folder goes on as if it had never been interrupted.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number; Terminated at a SIGTERM or SIGHUP.
    """
    from keraslm.masked.batches import MaskedBatches
    from keraslm.masked.fit import fit

    reporter = reporter or (PrintedProgress() if verbose else Reporter())
    check_backend()
    if not isinstance(corpus, Corpus):
        corpus = open_corpus(corpus or o.corpus, o.encoding, o.split)
    folder = EpochFolder(o.out or default_folder(o, corpus))
    folder.check(overwrite or resume)
    limits = (o.vocabulary_size, o.min_count)
    tokenizer = tokenizer_named(o.tokenizer)
    encoder, ids = TextEncoder.learn(tokenizer, corpus.train, *limits)
    train = MaskedBatches(
        _pieces(o, encoder, ids), o.masked_share, o.batch_size, o.seed
    )
    if not train.pieces:
        raise CorpusError(f"{corpus.train.name} has no line with a token in it")
    valid = None
    if corpus.valid is not None:
        ids = encoder.encode(corpus.valid)
        pieces = _pieces(o, encoder, ids, VALIDATED)
        share = None if o.masked_share is None else 0.0
        valid = MaskedBatches(pieces, share, o.batch_size, in_order=True)
    metadata = {"configuration": o.to_dict(), "texts": corpus.parts_by_hash()}
    run = functools.partial(identity, o, corpus, encoder)
    earlier = functools.partial(_options_of, folder)
    with begun(folder, o.to_dict(), run, earlier, reporter, resume):
        fit(o, encoder, train, valid, metadata, folder, reporter, run())
        model = load(folder.model)
        model.metadata.pop("interrupted", None)
        model.metadata |= metadata
        measured = corpus.test or corpus.valid or corpus.train
        card = model.evaluate(measured, command)
        folder.finish(model.metadata, card.to_dict())
    return MaskedRun(model, card, folder)


def _pieces(
    o: MaskedOptions, encoder: TextEncoder, ids: Any, most: int | None = None
) -> list[np.ndarray]:
    """Cut a text into pieces, of which nothing is unknown alone."""
    boundary = encoder.vocabulary.boundary_id
    lines = evenly_spaced(lines_of(ids, boundary), most)
    return pieces_of(lines, boundary, o.context)


def _options_of(folder: EpochFolder) -> dict[str, Any]:
    return MaskedOptions.of(read_options(folder.configuration)).to_dict()
