"""A language that a text may be written in, whose grammar says how probable it is."""

from typing import Protocol

import numpy as np


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
