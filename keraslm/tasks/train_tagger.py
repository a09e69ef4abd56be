"""The training of a tagger, from the tagged text to the folder RUN."""

import dataclasses
import os
from typing import Any

from keraslm.tasks.card import TaggingCard
from keraslm.tasks.columns import TaggedText, read_parts
from keraslm.tasks.files import load_tagger, save
from keraslm.tasks.folder import TaskFolder, check_backend_for, default_folder
from keraslm.tasks.frequent import MostFrequentTagger
from keraslm.tasks.options import TaggerOptions
from keraslm.tasks.shape import MOST_FREQUENT
from keraslm.tasks.tagger import Tagger
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.corpus import Corpus, open_corpus
from keraslm.training.printed import PrintedProgress
from keraslm.training.reporter import Reporter

BASELINE = "most frequent tag of each word"


@dataclasses.dataclass(frozen=True)
class TaggerRun:
    """What a run came to: the model, its card, its folder."""

    model: Tagger
    card: TaggingCard
    folder: TaskFolder


def train_tagger(
    o: TaggerOptions,
    corpus: Corpus | str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    command: str = "",
    verbose: bool = False,
    references: dict[str, float] | None = None,
) -> TaggerRun:
    """Train a tagger and write the folder RUN.

    The card measures it on the corpus's test text, or else on its validation text; a
    corpus that has neither is measured on its training text. Beside the accuracy stand
    that of the most frequent tags of the training text, and the `references` given,
    such as what is possible by the grammar.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number.
    """
    reporter = reporter or (PrintedProgress() if verbose else Reporter())
    check_backend_for(o)
    if not isinstance(corpus, Corpus):
        corpus = open_corpus(corpus or o.corpus, o.encoding, o.split)
    folder = TaskFolder(o.out or default_folder(o, corpus))
    folder.check(overwrite)
    parts = read_parts(corpus, o.split)
    train = parts["train"]
    vocabulary = TagVocabulary.of(train, o.min_count)
    for text in parts.values():
        vocabulary.check_tags(text)
    baseline = MostFrequentTagger.count(train, vocabulary)
    measured = parts.get("test") or parts.get("valid") or train
    texts = {} if corpus.whole is None else {corpus.whole.sha256: "whole"}
    texts |= {text.sha256: part for part, text in reversed(parts.items())}
    metadata = {"configuration": o.to_dict(), "texts": texts}
    with folder.locked(), folder.unless_nothing_came():
        folder.begin(o)
        if o.model == MOST_FREQUENT:
            baseline.metadata |= metadata
            baseline.save(folder.model)
        else:
            _fit(o, vocabulary, parts, metadata, folder, reporter)
        model = load_tagger(folder.model)
        beside = {BASELINE: baseline.evaluate(measured).accuracy.share}
        card = model.evaluate(measured, command)
        card = dataclasses.replace(card, references=beside | (references or {}))
        folder.finish(model.metadata, card.to_dict(), card.confusion)
    return TaggerRun(model, card, folder)


def _fit(
    o: TaggerOptions,
    vocabulary: TagVocabulary,
    parts: dict[str, TaggedText],
    metadata: dict[str, Any],
    folder: TaskFolder,
    reporter: Reporter,
) -> None:
    from keraslm.tasks.batches import SentenceBatches
    from keraslm.tasks.fit import fit

    train = SentenceBatches(
        parts["train"].sentences, vocabulary, o.batch_size, seed=o.seed
    )
    valid = None
    if "valid" in parts:
        valid = SentenceBatches(parts["valid"].sentences, vocabulary, o.batch_size)
    network, rows = fit(o, vocabulary, train, valid, reporter)
    save(network, o.shape, vocabulary, metadata | {"history": rows}, folder.model)
    folder.write_history(rows)
