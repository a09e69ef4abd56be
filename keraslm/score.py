"""What a text's tokens cost: the worked table of their probabilities."""

import dataclasses

import numpy as np
import pandas as pd

from keraslm import measures


@dataclasses.dataclass(frozen=True)
class Score:
    """The probability of each token of a text, and of the whole.

    Shapes: log_probabilities (tokens,), in nats
    """

    tokens: tuple[str, ...]
    log_probabilities: np.ndarray

    @property
    def log_probability(self) -> float:
        """The log of the text's probability, in nats: the sum over its tokens."""
        return float(np.sum(self.log_probabilities))

    @property
    def perplexity(self) -> float:
        """The perplexity of this text.

        Math:   exp(-log P / N)
        """
        return measures.perplexity(-self.log_probability / len(self.tokens))

    def table(self) -> pd.DataFrame:
        """Give the worked table: a row a token, its probability and its loss."""
        return pd.DataFrame(
            {
                "token": self.tokens,
                "probability": np.exp(self.log_probabilities),
                "loss_nats": -self.log_probabilities,
            }
        )
