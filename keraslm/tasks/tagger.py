"""The contract of every tagger: words in, the probability of each tag of each out."""

import abc
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from keraslm.errors import UsageError
from keraslm.tasks.card import TaggingCard
from keraslm.tasks.columns import TaggedText, read_columns
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.text import Text

AT_ONCE = 256  # sentences of one length


class Tagged(NamedTuple):
    """A word with its most probable tag, and that tag's probability."""

    word: str
    tag: str
    probability: float
    known: bool


class Tagger(abc.ABC):
    """A model that gives each word of a sentence a tag.

    tagger = keraslm.tasks.load("runs/tagger")
    tagger.tag("the dog barks".split())
    """

    def __init__(
        self, name: str, vocabulary: TagVocabulary, metadata: dict[str, Any]
    ) -> None:
        self.name, self.vocabulary, self.metadata = name, vocabulary, metadata

    @abc.abstractmethod
    def read(self, ids: np.ndarray) -> np.ndarray:
        """Give the probabilities of tags, of sentences of one length.

        Shapes: (sentences, words) -> (sentences, words, tags)
        """

    def probabilities(self, words: Sequence[str]) -> np.ndarray:
        """Give P(tag) for every word of a sentence.  Shapes: -> (words, tags)"""
        return self.read(self.vocabulary.ids(words)[None])[0]

    def tag(self, words: Sequence[str]) -> list[Tagged]:
        """Give each word its most probable tag.

        Raises: UsageError if there is no word, or one string of them all is given.
        """
        if isinstance(words, str) or not words:
            raise UsageError(
                "a sentence is a list of words, as `text.split()` gives; "
                f"received {words!r:.60}"
            )
        tags = self.vocabulary.tags
        return [
            Tagged(word, tags[k], float(shares[k]), self.vocabulary.is_known(word))
            for word, shares in zip(words, self.probabilities(words), strict=True)
            for k in [int(shares.argmax())]
        ]

    def best(self, sentences: Sequence[Sequence[str]]) -> list[np.ndarray]:
        """Give the id of the most probable tag of each word, of many sentences.

        Shapes: -> a list of (words,)
        """
        ids = [self.vocabulary.ids(words) for words in sentences]
        found: list[np.ndarray] = [np.zeros(0, np.int64)] * len(ids)
        for numbers in _of_one_length(ids):
            shares = self.read(np.stack([ids[k] for k in numbers]))
            for k, best in zip(numbers, shares.argmax(axis=-1), strict=True):
                found[k] = best
        return found

    def evaluate(self, text: Text | TaggedText, command: str = "") -> TaggingCard:
        """Measure how many words of a tagged text get their tag.

        Raises: CorpusError if the text has not two columns; UsageError if it has a tag
            that the model cannot give.
        """
        told = text if isinstance(text, TaggedText) else read_columns(text)
        self.vocabulary.check_tags(told)
        start = time.perf_counter()
        best = self.best([sentence.words for sentence in told.sentences])
        seconds = time.perf_counter() - start
        part = self.metadata.get("texts", {}).get(told.sha256, "")
        return TaggingCard.of(
            self.name, self.vocabulary, told, best, seconds, part, command
        )


def _of_one_length(ids: Iterable[np.ndarray]) -> Iterator[list[int]]:
    """Group the numbers of sentences by length: so no padding is read."""
    groups: dict[int, list[int]] = {}
    for number, sentence in enumerate(ids):
        groups.setdefault(len(sentence), []).append(number)
    for numbers in groups.values():
        for start in range(0, len(numbers), AT_ONCE):
            yield numbers[start : start + AT_ONCE]
