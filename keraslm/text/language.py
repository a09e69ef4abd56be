"""A language that a text may be written in, whose grammar says how probable it is."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np


class PrefixReader(Protocol):
    """Reads a line word by word; a prefix is never changed, so it can be gone on from.

    Words are numbered by their place in `words`.
    """

    @property
    def words(self) -> Sequence[str]:
        """Give the vocabulary, without the end of the line."""

    def start(self) -> Any:
        """Give the prefix before the first word."""

    def read(self, prefix: Any, words: Sequence[int], /) -> tuple[Any, float]:
        """Give the prefix after any one of some words, and P(any of them | prefix)."""

    def end(self, prefix: Any, /) -> float:
        """Give P(the line ends here | prefix)."""

    def next_words(self, prefix: Any, /) -> np.ndarray:
        """Give P(next word | prefix) for every word.

        Shapes: -> (words,); with `end` it sums to one, if the prefix is possible
        """

    def blanks(self, sentence: Sequence[tuple[int, ...]], /) -> np.ndarray:
        """Give P(word | all others) of every place of a whole line, a blank in turn.

        Shapes: -> (places, words); zeros where no line has those other words
        """


class Language(Protocol):
    """What a grammar knows of its language; a line is a sentence.

    Units: log-probabilities and entropy in nats
    """

    def token_log_probabilities(self, line: str, /) -> np.ndarray:
        """Give log P of each word of a line and of its end, -inf if it has none.

        Shapes: (words + 1,)
        """

    def next_token_probabilities(self, beginning: str, /) -> dict[str, float]:
        """Give P of each word that may follow the beginning of a line."""

    def entropy_per_line(self) -> float:
        """Give the entropy of a line."""

    def tokens_per_line(self) -> float:
        """Give the mean number of words of a line, its end included."""

    def characters_per_line(self) -> float:
        """Give the mean number of characters of a line, the newline included."""

    def parser(self) -> PrefixReader:
        """Give the reader of its grammar."""
