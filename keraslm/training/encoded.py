"""A part of the corpus, read."""

import dataclasses
import math

import numpy as np

from keraslm.counts.ngrams import Ngrams


@dataclasses.dataclass(frozen=True)
class Encoded:
    """The ids of a text, and the characters that they stand for."""

    ids: np.ndarray
    characters: int
    ngrams: Ngrams | None = None
    """The n-grams of the text, where a cluster has counted them."""

    @property
    def bits_per_nat(self) -> float:
        """What turns nats per token into bits per character.

        Math:   tokens / (characters log 2)
        """
        return len(self.ids) / (self.characters * math.log(2))
