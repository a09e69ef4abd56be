"""Examples in batches: ids of words and of tags, padded behind the last word.

Math:   in training a word is read as an unknown one with probability a / (a + n),
        n how often it occurs in the text, a = 1/4: so the vector of unknown words is
        learnt, and the words around them are made use of
References: Kiperwasser & Goldberg (2016), reading rare words as unknown.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import keras
import numpy as np

from keraslm.tasks.columns import Sentence
from keraslm.tasks.table import Labelled
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.windows import Rest

AS_UNKNOWN = 0.25
NO_TAG = -1  # of padding


class Ids(Protocol):
    """What numbers words, one of the numbers being that of every unknown word."""

    unknown_id: int

    def ids(self, words: Iterable[str]) -> np.ndarray:
        """Give the numbers of words."""


class Batches(keras.utils.PyDataset):
    """Batches for `fit` and `evaluate`, examples of about one length in each.

    With a `seed` they are for training: each epoch draws anew the order of the batches,
    and which examples of one length stand together. The draws are those of the seed and
    the number of the `epoch`, so that a training can go on in the midst of one.
    A subclass gives the `batch` of some examples; it may `draw` more, and `cut` and
    `arrange` them otherwise.
    """

    def __init__(
        self, lengths: Sequence[int], batch_size: int = 32, seed: int | None = None
    ) -> None:
        super().__init__()
        self._lengths = np.array(lengths)
        self._batch_size, self._seed = batch_size, seed
        self._rows: list[np.ndarray] = []
        self._epoch = -1
        self.epoch = 0

    def batch(self, rows: np.ndarray, time: int) -> tuple[Any, Any]:
        """Give what is read and what is learnt of examples, as long as `time`."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator) -> None:
        """Draw what else is other in each epoch."""

    def cut(self, order: np.ndarray) -> list[np.ndarray]:
        """Cut examples, the short ones first, into batches."""
        return np.split(order, range(self._batch_size, len(order), self._batch_size))

    def arrange(self, rows: list[np.ndarray]) -> list[np.ndarray]:
        """Give the batches of an epoch as they follow each other."""
        return rows

    @property
    def epoch(self) -> int:
        """The number of the epoch whose batches are given."""
        return self._epoch

    @epoch.setter
    def epoch(self, number: int) -> None:
        if number == self._epoch:
            return
        self._epoch = number
        order = np.arange(len(self._lengths))
        rng = None
        if self._seed is not None:
            rng = np.random.default_rng((self._seed, number))
            order = rng.permutation(order)
        order = order[np.argsort(self._lengths[order], kind="stable")]
        rows = self.cut(order)
        if rng is not None:
            rows = [rows[k] for k in rng.permutation(len(rows))]
            self.draw(rng)
        self._rows = self.arrange(rows)

    def on_epoch_end(self) -> None:
        """Go on to the next epoch; Keras calls it."""
        self.epoch += 1

    def rest(self, first: int) -> Rest:
        """Give the batches of the epoch from one on."""
        return Rest(self, first)

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return len(self._rows)

    def __getitem__(self, number: int) -> tuple[Any, Any]:
        """Give a batch of the epoch.

        Its length is even if its number is. So two in a row differ in it: where the
        first two agree, Keras takes their length for that of all.
        """
        rows = self._rows[number]
        time = int(self._lengths[rows].max())
        return self.batch(rows, time + (time + number) % 2)


class WordBatches(Batches):
    """Batches of words, of which some are read as unknown in training.

    Behind the last word of a sentence its words are 0, which the networks mask.
    A subclass gives the `targets`.
    Shapes: ids of words (batch, time) int32, and what `targets` gives
    """

    def __init__(
        self,
        words: Sequence[Sequence[str]],
        vocabulary: Ids,
        batch_size: int = 32,
        seed: int | None = None,
    ) -> None:
        self._words = [vocabulary.ids(of_sentence) for of_sentence in words]
        self._unknown, self._read = vocabulary.unknown_id, self._words
        counts = np.bincount(np.concatenate(self._words))
        self._as_unknown = AS_UNKNOWN / (AS_UNKNOWN + counts)
        super().__init__([len(ids) for ids in self._words], batch_size, seed)

    def targets(self, rows: np.ndarray, time: int) -> np.ndarray:
        """Give what is to be learnt of the sentences of these numbers."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator) -> None:
        """Draw which words are read as unknown."""
        self._read = [
            np.where(rng.random(len(ids)) < self._as_unknown[ids], self._unknown, ids)
            for ids in self._words
        ]

    def batch(self, rows: np.ndarray, time: int) -> tuple[Any, np.ndarray]:
        """Give words and targets."""
        words = padded([self._read[row] for row in rows], time, 0)
        return words, self.targets(rows, time)


class SentenceBatches(WordBatches):
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


class LabelBatches(WordBatches):
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


def padded(rows: Sequence[np.ndarray], time: int, padding: int) -> np.ndarray:
    """Put rows of several lengths into one array.  Shapes: -> (rows, time) int32"""
    array = np.full((len(rows), time), padding, np.int32)
    for k, row in enumerate(rows):
        array[k, : len(row)] = row
    return array
