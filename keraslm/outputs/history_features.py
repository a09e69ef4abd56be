"""N-gram and skip features of the history, hashed into one vector of weights.

Math:   scores_t[w] = sum over the histories h of position t of D[b(h) + w]
        Two histories whose slices D[b(h) ..] overlap share weights; the fewer
        histories a text has beside the size of D, the rarer that is.
References: Rosenfeld (1996), n-gram and skip features; Mikolov et al. (2011), hashed.
"""

import itertools
from typing import Any

from keraslm.errors import UsageError

PRIMES = (32749, 32719)  # below 2^15, so that no product leaves an int32
FACTORS = (20333, 12671)
MOST_BITS = 28


class HistoryFeatures:
    """Where the slice of D begins that each history of a position turns on.

    The histories of x_1 .. x_t are its last 1, 2, .., order - 1 tokens, and as many for
    each d = 1 .. skip that leave out the newest d tokens:

    Math:   h_{k,d} = x_{t-d-k+1} .. x_{t-d},   k = 1 .. order - 1,   d = 0 .. skip
            b(h) = hash(k, d, h) mod (2^bits - outputs + 1)
    Raises: UsageError if order < 2, skip < 0, or D is shorter than one slice or longer
            than 2^28.
    """

    def __init__(self, outputs: int, order: int, skip: int, bits: int) -> None:
        if order < 2 or skip < 0:
            raise UsageError(
                "features of the history are of order 2 or more and skip 0 or more "
                f"tokens; received order {order}, skip {skip}"
            )
        if bits > MOST_BITS or 2**bits < outputs:
            raise UsageError(
                f"2^bits weights must be at least the {outputs} outputs and at most "
                f"2^{MOST_BITS}; received {bits} bits"
            )
        self.outputs, self.order, self.skip, self.bits = outputs, order, skip, bits
        self.reach = order - 2 + skip
        """How many ids before the newest a position looks at."""
        self.number = (order - 1) * (skip + 1)
        """How many histories a position has."""

    def starts(self, seen: Any) -> list[Any]:
        """Give where the slice of each history of each position begins.

        Only int32 arithmetic that cannot overflow, the same on NumPy's arrays and on
        tensors.
        Shapes: seen (..., reach + time) -> `number` arrays (..., time)
        """
        found = []
        for d, k in itertools.product(range(self.skip + 1), range(1, self.order)):
            end = self.reach - d
            places = range(end - k + 1, end + 1)
            # from each place on, as many ids as there are after the first `reach`
            history = [seen[..., p : p - self.reach or None] for p in places]
            slots = 2**self.bits - self.outputs + 1
            found.append(_hash(self.order * d + k, history) % slots)
        return found


def _hash(kind: int, history: list[Any]) -> Any:
    """Hash tokens to a number below 2^30, by two polynomials.

    Math:   g <- a (g + x) mod p for each token x, from g = kind
            hash = 2^15 g_1 + g_2
    """
    digits = []
    for prime, factor in zip(PRIMES, FACTORS, strict=True):
        g: Any = kind
        for ids in history:
            g = (g + ids % prime) % prime * factor % prime
        digits.append(g)
    return digits[0] * 2**15 + digits[1]
