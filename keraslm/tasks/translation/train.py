"""The training of a translator, from the pairs to the folder RUN."""

import dataclasses
import functools
import os
import pathlib

from keraslm.errors import UsageError
from keraslm.tasks.folder import TaskFolder
from keraslm.tasks.job import Job, Training
from keraslm.tasks.pair_card import TranslationCard, length_table
from keraslm.tasks.pairs import PairedText, read_paired_parts
from keraslm.tasks.pretrained import more_words
from keraslm.tasks.run import train
from keraslm.tasks.translation.files import LONGEST
from keraslm.tasks.translation.options import TranslatorOptions
from keraslm.tasks.translation.translator import Groups, Translator
from keraslm.tasks.translation.vocabulary import PairVocabulary
from keraslm.text.corpus import Corpus
from keraslm.training.printed import PrintedProgress
from keraslm.training.reporter import Reporter


@dataclasses.dataclass(frozen=True)
class TranslatorRun:
    """What a run came to: the model, its card, its folder."""

    model: Translator
    card: TranslationCard
    folder: TaskFolder


def train_translator(
    o: TranslatorOptions,
    corpus: Corpus | str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    reporter: Reporter | None = None,
    command: str = "",
    verbose: bool = False,
    groups: Groups | None = None,
    resume: bool = False,
) -> TranslatorRun:
    """Train a translator and write the folder RUN.

    The card measures it on the corpus's test text, or else on its validation text; a
    corpus that has neither is measured on its training text. `groups` names the group
    of each (source, target), which the card counts by. With `resume` the run in the
    folder goes on as if it had never been interrupted.

    Raises: UsageError, CorpusError before anything is written; TrainingError if the
        loss becomes no number.
    """
    reporter = reporter or (PrintedProgress() if verbose else Reporter())
    job = functools.partial(TranslatorJob, groups=groups)
    return TranslatorRun(*train(o, job, corpus, overwrite, reporter, command, resume))


class TranslatorJob(Job):
    """The training of a translator on pairs."""

    def __init__(
        self, o: TranslatorOptions, corpus: Corpus, groups: Groups | None
    ) -> None:
        self._groups = groups
        self.parts = read_paired_parts(corpus, o.split)
        text = self.parts["train"]
        level = o.level or usual_level(text)
        levels = level, o.target_level or level
        check_vectors(o, level)
        more = more_words(o)
        self.vocabulary = PairVocabulary.learn(text, *levels, o.min_count, more)
        for part in self.parts.values():
            self.vocabulary.check_lengths(part)
        self.hashes = {"vocabulary (SHA-256)": self.vocabulary.hash}

    def fit(self, t: Training) -> None:
        """Train the network."""
        from keraslm.tasks.translation.fit import fit_translator

        target = self.vocabulary.target
        pairs = {part: text.pairs for part, text in self.parts.items()}
        t.metadata[LONGEST] = max(len(target.split(p.target)) for p in pairs["train"])
        fit_translator(pairs, self.vocabulary, t)

    def load(self, path: pathlib.Path) -> Translator:
        """Open the translator."""
        from keraslm.tasks.files import load_translator

        return load_translator(path)

    def card(self, model: Translator, command: str) -> TranslationCard:
        """Measure it."""
        return model.evaluate(self.measured, command, self._groups)

    def draw(self, card: TranslationCard, path: pathlib.Path) -> None:
        """Draw the share that is right by the length of the source."""
        from keraslm.figures.accuracy_by_length import draw_accuracy_by_length

        title = f"{card.model}: exact match on {card.name_of_text}"
        draw_accuracy_by_length(
            length_table({card.model: card}), path, title, card.source_unit
        )


def check_vectors(o: TranslatorOptions, level: str) -> None:
    """Refuse vectors that cannot be those of the sources.

    Raises: UsageError saying why.
    """
    if o.embeddings is None:
        return
    if level != "word":
        raise UsageError(
            "`embeddings` are vectors of words, and the sources are read as "
            "characters; give `level='word'` with a `target_level`"
        )
    if o.is_attending and o.embedding != o.units:
        raise UsageError(
            "the vectors of a transformer's sources have as many numbers as it has "
            f"`units`; received {o.embedding} numbers and {o.units} units"
        )


def usual_level(text: PairedText) -> str:
    """Say what the tokens of a text are: characters if no target has a space."""
    has_spaces = any(" " in pair.target for pair in text.pairs)
    return "word" if has_spaces else "char"
