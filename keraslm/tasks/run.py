"""The training of a tagger, from the tagged text to the folder RUN."""

import csv
import dataclasses
import os
from typing import Any

from keraslm.files.archive import redescribe
from keraslm.files.writing import write_atomically
from keraslm.tasks.card import TaggingCard
from keraslm.tasks.columns import TaggedText, read_parts
from keraslm.tasks.files import load, save
from keraslm.tasks.frequent import MostFrequentTagger
from keraslm.tasks.options import TaggerOptions
from keraslm.tasks.shape import MOST_FREQUENT
from keraslm.tasks.tagger import Tagger
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.corpus import Corpus, open_corpus
from keraslm.training.folder import RunFolder
from keraslm.training.printed import PrintedProgress
from keraslm.training.reporter import Reporter

BASELINE = "most frequent tag"


class TaggerFolder(RunFolder):
    """The files of a run: the picture is of what was taken for what."""

    way_out = "give another `out`, or `overwrite=True` to replace it"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self.picture = self.path / "confusion.png"


@dataclasses.dataclass(frozen=True)
class TaggerRun:
    """What a run came to: the model, its card, its folder."""

    model: Tagger
    card: TaggingCard
    folder: TaggerFolder


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
    if not isinstance(corpus, Corpus):
        corpus = open_corpus(corpus or o.corpus, o.encoding, o.split)
    folder = TaggerFolder(o.out or default_folder(o, corpus))
    folder.check(overwrite)
    parts = read_parts(corpus, o.split)
    train = parts["train"]
    vocabulary = TagVocabulary.of(train, o.min_count)
    for text in parts.values():
        vocabulary.check_tags(text)
    baseline = MostFrequentTagger.count(train, vocabulary)
    measured = parts.get("test") or parts.get("valid") or train
    with folder.locked(), folder.unless_nothing_came():
        folder.create()
        folder.sweep()
        folder.write_configuration(o.to_dict())
        texts = {text.sha256: part for part, text in reversed(parts.items())}
        metadata = {"configuration": o.to_dict(), "texts": texts}
        if o.model == MOST_FREQUENT:
            baseline.metadata |= metadata
            baseline.save(folder.model)
        else:
            _fit(o, vocabulary, parts, metadata, folder, reporter)
        model = load(folder.model)
        beside = {BASELINE: baseline.evaluate(measured).accuracy.share}
        card = dataclasses.replace(
            model.evaluate(measured, command), references=beside | (references or {})
        )
        _finish(model, card, folder)
        return TaggerRun(model, card, folder)


def default_folder(o: TaggerOptions, corpus: Corpus) -> str:
    """Name the folder of a run that was given none."""
    return f"runs/{corpus.name.split('.')[0].replace(' ', '-')}-tag-{o.model}"


def _fit(
    o: TaggerOptions,
    vocabulary: TagVocabulary,
    parts: dict[str, TaggedText],
    metadata: dict[str, Any],
    folder: TaggerFolder,
    reporter: Reporter,
) -> None:
    from keraslm.tasks.fit import fit

    network, rows = fit(o, vocabulary, parts["train"], parts.get("valid"), reporter)
    save(network, o.shape, vocabulary, metadata | {"history": rows}, folder.model)
    with (
        write_atomically(folder.history) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _finish(model: Tagger, card: TaggingCard, folder: TaggerFolder) -> None:
    from keraslm.figures.confusion import draw_confusion

    told = card.to_dict()
    model.metadata["card"] = told
    redescribe(folder.model, model.metadata)
    folder.write_card(told)
    title = f"{model.name}: what was taken for what"
    subtitle = f"{card.accuracy.share:.2%} of {card.accuracy.n:,} words right"
    draw_confusion(card.tags, card.confusion, folder.picture, title, subtitle)


def check_options(o: TaggerOptions) -> None:
    """Refuse what is not installed, before any work.

    Raises: UsageError
    """
    if o.model != MOST_FREQUENT:
        from keraslm.backend import check_backend

        check_backend()
