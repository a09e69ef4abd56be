"""Where the probability of a count model comes from, order by order."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from keraslm.counts.sorting import NONE
from keraslm.counts.stream import NgramStream
from keraslm.counts.table import BackoffTable

if TYPE_CHECKING:
    from keraslm.counts.model import NgramModel

BACKED_OFF = ("katz", "stupid-backoff", "arpa")


@dataclasses.dataclass(frozen=True)
class Part:
    """What one order adds to P(w | h).

    Units: probabilities, and products of weights
    """

    order: int
    is_seen: bool
    """Whether the n-gram that ends with w is in the table."""
    own: float
    """What this order itself gives w."""
    weight: float
    """The product of the back-off weights of the longer histories."""
    count: int | None = None
    """c(h w) as the smoothing counts; None where the history or its counts are not."""
    total: int | None = None
    """c(h), the sum of the counts after the history."""

    @property
    def share(self) -> float:
        """What this order adds to P(w | h)."""
        return self.own * self.weight

    @property
    def discount(self) -> float | None:
        """What the smoothing takes off the count; own = (count - discount) / total.

        None of single words, whose own part has all that there is, and where the
        n-gram or its count is not known.
        """
        if self.order == 1 or not self.count or not self.total:
            return None
        return self.count - self.own * self.total


def derivation(model: "NgramModel", stream: NgramStream, word: int) -> list[Part]:
    """Take P(w | h) apart into what each order adds, from the longest history down.

    Math:   P_k(w | h) = u_k(w | h) + b(h) P_{k-1}(w | h')
            P(w | h) = sum_k u_k prod_{j > k} b_j,  b = 1 where h is not in the table
            Of a smoothing that backs off, u_k is P_k of the longest n-gram that is in
            the table, and 0 of all others.
    Returns a part an order, whose shares sum to P(w | h); none for a table that keeps
    counts, as additive smoothing does.
    References: Chen & Goodman (1998).
    """
    table = model.table
    if not isinstance(table, BackoffTable):
        return []
    backs_off = model.smoothing["name"] in BACKED_OFF
    orders, below = [], 0.0
    for k, history in enumerate(stream.history):
        child = table.trie.levels[k].child(history, word)
        has_weight = k > 0 and history != NONE
        b = float(np.exp(table.log_b[k - 1][history])) if has_weight else 1.0
        own, probability = 0.0, b * below
        if child != NONE:
            probability = float(np.exp(table.log_p[k][child]))
            own = probability if backs_off else probability - b * below
        orders.append((child, own, b))
        below = probability
    parts, weight = [], 1.0
    for k in reversed(range(len(orders))):
        child, own, b = orders[k]
        counted = _counted(table, k, stream.history[k], child)
        parts.append(Part(k + 1, child != NONE, own, weight, *counted))
        weight *= 0.0 if backs_off and child != NONE else b
    return parts


def _counted(
    table: BackoffTable, k: int, history: int, child: int
) -> tuple[int | None, int | None]:
    """Give c(h w) and c(h) of order k + 1, where the table has counts and h."""
    if table.counts is None or history == NONE:
        return None, None
    counts = table.counts[k]
    total = int(counts[table.trie.levels[k].children(history)].sum())
    return (int(counts[child]) if child != NONE else 0), total
