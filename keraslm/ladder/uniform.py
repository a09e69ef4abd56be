"""The lowest rung: every token is as likely as any other."""

import os

import numpy as np

from keraslm.errors import UsageError
from keraslm.language_model import LanguageModel
from keraslm.sampling.stream import TokenStream
from keraslm.text.encoder import TextEncoder


class Uniform(LanguageModel):
    """Know the vocabulary, and nothing else.

    Math:   P(w | h) = 1 / V;   its perplexity is V on every text
    """

    def __init__(self, encoder: TextEncoder) -> None:
        self.encoder = encoder
        self.name = "uniform"
        self.state_rule = "nothing of the history"
        self.metadata = {}

    @property
    def parameters(self) -> int:
        """Nothing is learnt."""
        return 0

    def log_probabilities(self, ids: np.ndarray) -> np.ndarray:
        """Give -log V for every token.

        Shapes: ids (tokens,) -> (tokens,) float64, in nats
        """
        return np.full(len(ids), -np.log(len(self.vocabulary)))

    def stream(self) -> TokenStream:
        """Start a stream; what it reads changes nothing."""
        return _UniformStream(len(self.vocabulary))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Refuse: there is nothing to keep.

        Raises: UsageError
        """
        raise UsageError(f"a uniform model learns nothing, so {path} was not written")


class _UniformStream(TokenStream):
    def __init__(self, size: int) -> None:
        self._size = size

    def next_log_probabilities(self) -> np.ndarray:
        return np.full(self._size, -np.log(self._size))

    def push(self, token_id: int) -> None:
        pass
