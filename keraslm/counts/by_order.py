"""A count model order by order: what it counted, and what each longer history gains."""

from typing import Any

import numpy as np

from keraslm import measures
from keraslm.counts.model import NgramModel
from keraslm.counts.ngrams import Ngrams
from keraslm.counts.on_disk.model import NgramModelOnDisk
from keraslm.counts.on_disk.ngrams import NgramsOnDisk
from keraslm.counts.smoothing import Smoothing
from keraslm.text.encoder import TextEncoder

MOST_NGRAMS = 3_000_000  # of more, the shorter models would take their time


def sizes_by_order(ngrams: Ngrams) -> list[dict[str, Any]]:
    """Count the distinct n-grams of each order, and those that occur once.

    Shapes: a dict an order, of "order", "ngrams" and "once"
    """
    return [
        {
            "order": order,
            "ngrams": ngrams.how_many(order),
            "once": ngrams.how_many(order, 1),
        }
        for order in range(1, ngrams.trie.order + 1)
    ]


def perplexities_by_order(
    encoder: TextEncoder,
    ngrams: Ngrams,
    smoothing: str | Smoothing,
    valid: np.ndarray,
    prune: tuple[int, ...] = (),
) -> list[float]:
    """Measure the models of order 1, 2 ... one below that of the n-grams.

    Each is a model of its own, with numbers fitted to its counts, of the n-grams that
    were counted for the longest. There are none where that would take long.

    Shapes: valid (tokens,), the held-out text -> (order - 1,)
    """
    if sum(ngrams.sizes()) > MOST_NGRAMS:
        return []
    found = []
    for order in range(1, len(ngrams.counts)):
        shorter = ngrams.up_to(order)
        model = smooth(encoder, shorter, smoothing, valid, prune[:order])
        nats = -float(np.mean(model.log_probabilities(valid)))
        found.append(measures.perplexity(nats))
    return found


def smooth(
    encoder: TextEncoder,
    ngrams: Ngrams,
    smoothing: str | Smoothing,
    valid: np.ndarray | None,
    prune: tuple[int, ...] = (),
) -> NgramModel:
    """Make a model of n-grams, which answers from where they lie."""
    if isinstance(ngrams, NgramsOnDisk):
        given = (encoder, ngrams, smoothing, valid, prune)
        return NgramModelOnDisk.smooth_on_disk(*given)
    return NgramModel.smooth(encoder, ngrams, smoothing, valid, prune)
