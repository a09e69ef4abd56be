"""Sentences in batches: ids of words and of tags, padded behind the last word.

Math:   in training a word is read as an unknown one with probability a / (a + n),
        n how often it occurs in the text, a = 1/4: so the vector of unknown words is
        learnt, and the words around them are made use of
References: Kiperwasser & Goldberg (2016), reading rare words as unknown.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from keraslm.tasks.columns import Sentence
from keraslm.tasks.table import Labelled
from keraslm.tasks.vocabulary import TagVocabulary

AS_UNKNOWN = 0.25
NO_TAG = -1  # of padding


class Batches(keras.utils.PyDataset):
    """Batches for `fit` and `evaluate`, sentences of about one length in each.

    With a `seed` they are for training: each epoch draws anew the order of the batches,
    which sentences of one length stand together, and which words are read as unknown.
    Behind the last word of a sentence its words are 0, which the networks mask.
    A subclass gives the targets.

    Shapes: ids of words (batch, time) int32, and what `targets` gives
    """

    def __init__(
        self,
        words: Sequence[Sequence[str]],
        vocabulary: TagVocabulary,
        batch_size: int = 32,
        seed: int | None = None,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self._words = [vocabulary.ids(of_sentence) for of_sentence in words]
        self._lengths = np.array([len(ids) for ids in self._words])
        self._batch_size, self._unknown = batch_size, vocabulary.unknown_id
        counts = np.bincount(np.concatenate(self._words))
        self._as_unknown = AS_UNKNOWN / (AS_UNKNOWN + counts)
        self._rng = None if seed is None else np.random.default_rng(seed)
        self._order = np.arange(len(words))
        self._batches: list[np.ndarray] = []
        self._read = self._words
        self.on_epoch_end()

    def targets(self, rows: np.ndarray, time: int) -> np.ndarray:
        """Give what is to be learnt of the sentences of these numbers."""
        raise NotImplementedError

    def on_epoch_end(self) -> None:
        """Draw what the next epoch reads, and in what order."""
        order, rng = self._order, self._rng
        if rng is not None:
            order = rng.permutation(order)
            self._read = [self._some_unknown(words, rng) for words in self._words]
        order = order[np.argsort(self._lengths[order], kind="stable")]
        batches = np.split(order, range(self._batch_size, len(order), self._batch_size))
        if rng is not None:
            batches = [batches[k] for k in rng.permutation(len(batches))]
        self._batches = batches

    def _some_unknown(self, words: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        drawn = rng.random(len(words)) < self._as_unknown[words]
        return np.where(drawn, self._unknown, words)

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return len(self._batches)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Give a batch."""
        rows, time = self._batches[number], self._time(number)
        words = padded([self._read[row] for row in rows], time, 0)
        return words, self.targets(rows, time)

    def _time(self, number: int) -> int:
        """Give the words of the longest sentence of a batch.

        Where the first two batches agree in it, Keras takes it for that of all: so the
        second one has one more.
        """
        time = int(self._lengths[self._batches[number]].max())
        return time + 1 if number == 1 and time == self._time(0) else time


class SentenceBatches(Batches):
    """Batches of tagged sentences.

    The tags of padding are -1, which neither `loss` nor `ExactAccuracy` counts.
    Shapes: ids of words (batch, time), ids of tags (batch, time), both int32
    """

    def __init__(
        self,
        sentences: Sequence[Sentence],
        vocabulary: TagVocabulary,
        batch_size: int = 32,
        seed: int | None = None,
    ) -> None:
        self._tags = [vocabulary.tag_ids(sentence.tags) for sentence in sentences]
        words = [sentence.words for sentence in sentences]
        super().__init__(words, vocabulary, batch_size, seed)

    def targets(self, rows: np.ndarray, time: int) -> np.ndarray:
        """Give the tags."""
        return padded([self._tags[row] for row in rows], time, NO_TAG)


class LabelBatches(Batches):
    """Batches of labelled texts.

    Shapes: ids of words (batch, time), ids of labels (batch,), both int32
    """

    def __init__(
        self,
        texts: Sequence[Labelled],
        vocabulary: TagVocabulary,
        batch_size: int = 32,
        seed: int | None = None,
    ) -> None:
        self._labels = vocabulary.tag_ids(text.label for text in texts)
        super().__init__([text.words for text in texts], vocabulary, batch_size, seed)

    def targets(self, rows: np.ndarray, time: int) -> np.ndarray:
        """Give the labels."""
        labels: np.ndarray = self._labels[rows]
        return labels


BATCHES: dict[str, Callable[..., Batches]] = {  # of each task
    "tag": SentenceBatches,
    "classify": LabelBatches,
}


def padded(rows: Sequence[np.ndarray], time: int, padding: int) -> np.ndarray:
    """Put rows of several lengths into one array.  Shapes: -> (rows, time) int32"""
    array = np.full((len(rows), time), padding, np.int32)
    for k, row in enumerate(rows):
        array[k, : len(row)] = row
    return array
