"""What a model makes of the text that it counted, without reading the text again.

A token's probability is that of the longest n-gram that ends with it: one of the
highest order, or one that begins its line. So the cost of the text is a sum over
n-grams.

Math:   log P(text) = sum_{h w} c(h w) log P(w | h)
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from keraslm import measures
from keraslm.counts.on_disk.ngrams import NgramsOnDisk
from keraslm.counts.table import BackoffTable


class Shares(NamedTuple):
    """N-grams that tokens were predicted with; shapes: (n,) each, in nats."""

    words: np.ndarray
    counts: np.ndarray
    log_p: np.ndarray


@dataclasses.dataclass(frozen=True)
class Likelihood:
    """The cost of a text, by the tokens.

    Shapes: counts (vocabulary,); nats_of (vocabulary,), what all occurrences of each
        token cost together
    """

    counts: np.ndarray
    nats_of: np.ndarray

    @classmethod
    def of(cls, counts: np.ndarray, shares: Iterable[Shares]) -> "Likelihood":
        """Add up the shares of n-grams."""
        nats_of = np.zeros(len(counts))
        for words, occurrences, log_p in shares:
            seen = occurrences > 0
            cost = occurrences[seen] * -log_p[seen]
            nats_of += np.bincount(words[seen], cost, len(counts))
        return cls(counts, nats_of)

    @property
    def nats(self) -> float:
        """What the whole text costs."""
        return float(self.nats_of.sum())

    @property
    def nats_per_token(self) -> float:
        """The mean cost of a token."""
        return self.nats / int(self.counts.sum())

    def figures(self, unknown_id: int) -> dict[str, float | int]:
        """Average the cost of the tokens, as `measures.token_figures`."""
        tokens, oov = int(self.counts.sum()), int(self.counts[unknown_id])
        known = self.nats - float(self.nats_of[unknown_id])
        without_oov = known / (tokens - oov) if tokens > oov else math.nan
        return {
            "tokens": tokens,
            "oov_tokens": oov,
            "nats_per_token": self.nats_per_token,
            "perplexity": measures.perplexity(self.nats_per_token),
            "perplexity_without_oov": measures.perplexity(without_oov),
        }


def shares_of_table(whole: BackoffTable, ngrams: NgramsOnDisk) -> Iterator[Shares]:
    """Yield the n-grams that the counted text is predicted with."""
    top = ngrams.trie.order - 1
    for k, level in enumerate(ngrams.trie.levels):
        if k == 0 and top > 0:
            continue  # every token has a history of one token
        place = slice(0, len(level)) if k == top else ngrams.line_starts[k]
        for start in range(place.start, place.stop, ngrams.workspace.block):
            some = slice(start, min(start + ngrams.workspace.block, place.stop))
            yield Shares(
                level.words_of(some), ngrams.counts[k][some], whole.log_p[k][some]
            )
