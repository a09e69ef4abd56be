"""The training of a tagger, from the tagged text to the folder RUN."""

import dataclasses
import os

from keraslm.tasks.card import TaggingCard
from keraslm.tasks.columns import read_parts
from keraslm.tasks.files import load_tagger
from keraslm.tasks.folder import TaskFolder
from keraslm.tasks.frequent import MostFrequentTagger
from keraslm.tasks.options import TaggerOptions
from keraslm.tasks.run import fit_into, metadata_of, open_run
from keraslm.tasks.shape import MOST_FREQUENT
from keraslm.tasks.tagger import Tagger
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.corpus import Corpus
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
    corpus, folder = open_run(o, corpus, overwrite)
    parts = read_parts(corpus, o.split)
    train = parts["train"]
    vocabulary = TagVocabulary.of(train, o.min_count)
    for text in parts.values():
        vocabulary.check_tags(text)
    baseline = MostFrequentTagger.count(train, vocabulary)
    measured = parts.get("test") or parts.get("valid") or train
    metadata = metadata_of(o, corpus, parts)
    examples = {part: text.sentences for part, text in parts.items()}
    with folder.locked(), folder.unless_nothing_came():
        folder.begin(o)
        if o.model == MOST_FREQUENT:
            baseline.metadata |= metadata
            baseline.save(folder.model)
        else:
            fit_into(folder, o, vocabulary, examples, metadata, reporter)
        model = load_tagger(folder.model)
        beside = {BASELINE: baseline.evaluate(measured).accuracy.share}
        card = model.evaluate(measured, command)
        card = dataclasses.replace(card, references=beside | (references or {}))
        folder.finish(model.metadata, card.to_dict(), card.confusion)
    return TaggerRun(model, card, folder)
