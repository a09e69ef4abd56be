"""The contract of every tagger: words in, the probability of each tag of each out."""

import abc
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from keraslm.errors import UsageError
from keraslm.tasks.card import TaggingCard
from keraslm.tasks.columns import TaggedText, read_columns
from keraslm.tasks.reading import Reader, read_all
from keraslm.tasks.vocabulary import TagVocabulary
from keraslm.text.text import Text


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
        shares = read_all(
            self.read, [self.vocabulary.ids(words) for words in sentences]
        )
        return [of_words.argmax(axis=-1) for of_words in shares]

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


class NetworkTagger(Tagger):
    """A network of `keraslm.tasks.networks` as a tagger."""

    def __init__(
        self, reader: Reader, vocabulary: TagVocabulary, metadata: dict[str, Any]
    ) -> None:
        super().__init__(reader.shape.model, vocabulary, metadata)
        self.reader = reader

    def read(self, ids: np.ndarray) -> np.ndarray:
        """Read sentences of one length."""
        return self.reader.read(ids)
