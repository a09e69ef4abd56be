"""Which rows of a table of vectors the last tokens of a text turn on."""

from typing import Any

from keraslm.errors import UsageError
from keraslm.outputs.history_features import HistoryFeatures

MOST_ORDER, MOST_BITS = 8, 22


class NgramRows:
    """The rows of the n-grams that end with a token, of 2 tokens and more.

    Math:   r_k = (k - 2) 2^bits + hash(k, x_{t-k+1} .. x_t) mod 2^bits,  k = 2 .. order
    Two n-grams of as many tokens may share a row; the fewer of them a text has beside
    2^bits, the rarer that is.

    Raises: UsageError if order is not in 2 .. 8, or bits not in 1 .. 22.
    References: Bojanowski, Grave, Joulin & Mikolov (2017), hashed n-grams of letters.
    """

    def __init__(self, order: int, bits: int) -> None:
        for name, value, least, most in (
            ("input_order", order, 2, MOST_ORDER),
            ("input_bits", bits, 1, MOST_BITS),
        ):
            if not least <= value <= most:
                raise UsageError(f"{name} must be {least} to {most}; received {value}")
        self.order, self.bits = order, bits
        self.reach = order - 1
        """How many ids before the newest a position looks at."""
        self.size = self.reach * 2**bits
        """How many rows there are."""
        self._histories = HistoryFeatures(1, order + 1, 0, bits)

    def rows(self, seen: Any) -> list[Any]:
        """Give the rows of each position, the same on NumPy's arrays and on tensors.

        Shapes: seen (.., reach + time) -> order - 1 arrays (.., time)
        """
        _, *found = self._histories.starts(seen)
        return [k * 2**self.bits + row for k, row in enumerate(found)]
