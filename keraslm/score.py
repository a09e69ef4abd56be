"""What a text's tokens cost: the worked table of their probabilities."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from keraslm import measures

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True)
class Score:
    """The probability of each token of a text, and of the whole.

    `tokens` are those of the vocabulary, `written` those of the text; they differ
    where `oov` says that the vocabulary lacks the token.

    Shapes: log_probabilities and oov (tokens,), the first in nats
    """

    tokens: tuple[str, ...]
    log_probabilities: np.ndarray
    written: tuple[str, ...]
    oov: np.ndarray

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

    def table(self) -> "pd.DataFrame":
        """Give the worked table, a row a token: as written, its probability and loss.

        Where `oov` is true the token was scored as <unk>.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "token": self.written,
                "probability": np.exp(self.log_probabilities),
                "loss_nats": 0.0 - self.log_probabilities,  # no -0.0 for the certain
                "oov": self.oov,
            }
        )
