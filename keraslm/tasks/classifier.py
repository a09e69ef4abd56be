"""A classifier of sentences: words in, the probability of each label out."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from keraslm.errors import UsageError
from keraslm.tasks.label_card import LabelCard
from keraslm.tasks.reading import Reader, read_all
from keraslm.tasks.table import LabelledText, read_table
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.text import Text


class Classifier:
    """A network that gives a sentence a label; its vocabulary's tags are the labels.

        classifier = keraslm.tasks.load("runs/classifier")
        classifier.probabilities("the film is not dull .".split())

    Math:   P(label) is proportional to p(label)^(1 / T), p the network's probability;
            T is chosen on the validation text, so that P is calibrated
    References: Guo, Pleiss, Sun & Weinberger (2017), temperature scaling.
    """

    def __init__(
        self, reader: Reader, vocabulary: TagVocabulary, metadata: dict[str, Any]
    ) -> None:
        self.name = reader.shape.model
        self.reader, self.vocabulary, self.metadata = reader, vocabulary, metadata

    @property
    def temperature(self) -> float:
        """T, 1 where nothing was chosen."""
        return float(self.metadata.get("temperature", 1.0))

    def read(self, ids: np.ndarray) -> np.ndarray:
        """Give the probabilities of labels, of sentences of one length.

        Shapes: (sentences, words) -> (sentences, labels)
        """
        return at_temperature(self.reader.read(ids), self.temperature)

    def probabilities(self, words: Sequence[str]) -> dict[str, float]:
        """Give P(label) of a sentence, the most probable label first.

        Raises: UsageError if there is no word, or one string of them all is given.
        """
        if isinstance(words, str) or not words:
            raise UsageError(
                "a sentence is a list of words, as `text.split()` gives; "
                f"received {words!r:.60}"
            )
        shares = self.read(self.vocabulary.ids(words)[None])[0]
        order = np.argsort(-shares, kind="stable")
        return {self.vocabulary.tags[k]: float(shares[k]) for k in order}

    def evaluate(self, text: Text | LabelledText, command: str = "") -> LabelCard:
        """Measure how many texts of a table get their label.

        Raises: CorpusError if it is no table of texts and labels; UsageError if it has
            a label that the model cannot give.
        """
        told = text if isinstance(text, LabelledText) else read_table(text)
        check_labels(self.vocabulary, told)
        start = time.perf_counter()
        ids = [self.vocabulary.ids(each.words) for each in told.texts]
        shares = read_all(self.read, ids)
        seconds = time.perf_counter() - start
        part = self.metadata.get("texts", {}).get(told.sha256, "")
        return LabelCard.of(
            self.name, self.vocabulary, told, shares, seconds, part, command
        )


def check_labels(vocabulary: TagVocabulary, text: LabelledText) -> None:
    """Refuse a table with a label that the model cannot give.

    Raises: UsageError with the line of the first one.
    """
    for each in text.texts:
        if each.label not in vocabulary.tags:
            raise UsageError(
                f"{text.name}, line {each.line}: the label {each.label[:40]!r} is not "
                f"in the training text, whose labels are {vocabulary.listed()}; "
                "correct it, or train on a text that has it"
            )


def at_temperature(shares: np.ndarray, temperature: float) -> np.ndarray:
    """Give p^(1 / T), and divide by the sum.  Shapes: (.., labels) -> (.., labels)"""
    if temperature == 1:
        return shares
    logs = np.log(np.maximum(shares, np.finfo(np.float32).tiny)) / temperature
    raised = np.exp(logs - logs.max(axis=-1, keepdims=True))
    divided: np.ndarray = raised / raised.sum(axis=-1, keepdims=True)
    return divided


def best_temperature(shares: np.ndarray, right: np.ndarray) -> float:
    """Give the temperature, of 41 from 1/4 to 4, at which the right labels cost least.

    Shapes: shares (texts, labels), right (texts,) ids of labels
    """
    tried = [float(t) for t in np.geomspace(1 / 4, 4, 41)]
    rows = np.arange(len(right))
    costs = [-np.log(at_temperature(shares, t)[rows, right]).mean() for t in tried]
    return tried[int(np.argmin(costs))]
