"""A part of the corpus, read."""

import dataclasses
import math
from typing import Any

from keraslm.counts.ngrams import Ngrams


@dataclasses.dataclass(frozen=True)
class Encoded:
    """The ids of a text, and the characters that they stand for."""

    ids: Any
    """(tokens,), an array in memory or on the disk."""
    characters: int
    ngrams: Ngrams | None = None
    """The n-grams of the text, where a cluster has counted them."""

    @property
    def bits_per_nat(self) -> float:
        """What turns nats per token into bits per character.

        Math:   tokens / (characters log 2)
        """
        return len(self.ids) / (self.characters * math.log(2))
