"""The training of a tagger, from the tagged text to the folder RUN."""

import dataclasses
import functools
import os
import pathlib

from keraslm.tasks.card import TaggingCard
from keraslm.tasks.columns import read_parts
from keraslm.tasks.files import load_tagger
from keraslm.tasks.folder import TaskFolder
from keraslm.tasks.frequent import MostFrequentTagger
from keraslm.tasks.job import Job, Training
from keraslm.tasks.options import TaggerOptions
from keraslm.tasks.pretrained import more_words
from keraslm.tasks.run import train
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
    resume: bool = False,
) -> TaggerRun:
    """Train a tagger and write the folder RUN.

    The card measures it on the corpus's test text, or else on its validation text; a
    corpus that has neither is measured on its training text. Beside the accuracy stand
    that of the most frequent tags of the training text, and the `references` given,
    such as what is possible by the grammar. With `resume` the run in the folder goes on
    as if it had never been interrupted.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number.
    """
    reporter = reporter or (PrintedProgress() if verbose else Reporter())
    job = functools.partial(TaggerJob, references=references or {})
    return TaggerRun(*train(o, job, corpus, overwrite, reporter, command, resume))


class TaggerJob(Job):
    """The training of a tagger on tagged texts."""

    def __init__(
        self, o: TaggerOptions, corpus: Corpus, references: dict[str, float]
    ) -> None:
        self.parts = read_parts(corpus, o.split)
        self._train = self.parts["train"]
        self.vocabulary = TagVocabulary.of(self._train, o.min_count, more_words(o))
        for text in self.parts.values():
            self.vocabulary.check_tags(text)
        self.hashes = {"vocabulary (SHA-256)": self.vocabulary.hash}
        self._baseline = MostFrequentTagger.count(self._train, self.vocabulary)
        self._references = references

    def fit(self, t: Training) -> None:
        """Keep the counts of the baseline, or train a network."""
        if t.options.model == MOST_FREQUENT:
            self._baseline.metadata |= t.metadata
            self._baseline.save(t.folder.model)
            return
        from keraslm.tasks.batches import SentenceBatches
        from keraslm.tasks.fit_labels import fit_labels

        sentences = {part: text.sentences for part, text in self.parts.items()}
        fit_labels(sentences, SentenceBatches, self.vocabulary, t)

    def load(self, path: pathlib.Path) -> Tagger:
        """Open the tagger."""
        return load_tagger(path)

    def card(self, model: Tagger, command: str) -> TaggingCard:
        """Measure it beside the baseline."""
        beside = {BASELINE: self._baseline.evaluate(self.measured).accuracy.share}
        card = model.evaluate(self.measured, command)
        return dataclasses.replace(card, references=beside | self._references)

    def draw(self, card: TaggingCard, path: pathlib.Path) -> None:
        """Draw what was taken for what."""
        from keraslm.figures.confusion import draw_confusion

        draw_confusion(card.tags, card.confusion, path, *card.titles)
