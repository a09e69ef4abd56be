"""A text, each token on a shade: the stronger, the larger its number.

A number below zero has another colour and a line below its token, so that its sign is
seen in grey print too. The same text becomes a figure or a page.
"""

import dataclasses
import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from keraslm.figures.style import BLUE, ORANGE

STRONGEST = 0.75  # of a colour in a shade, so that black type on it can be read
ENDS_OF_LINES = ("\n", "</s>")
JOINERS = "\u200c\u200d"  # Persian words and emoji need them
NAMES = {" ": "␣", "\n": "↵", "\t": "⇥"}


@dataclasses.dataclass(frozen=True)
class ShadedText:
    """A text whose tokens have numbers.

    `table` has a row a token: its column "token", and that of the `values` shown.
    `meaning` says what a number above zero, and what one below, stands for.
    """

    title: str
    subtitle: str
    table: pd.DataFrame
    column: str
    unit: str
    level: str = "word"
    meaning: tuple[str, str] = ("", "")

    @property
    def tokens(self) -> list[str]:
        """The tokens as the text has them."""
        return [str(token) for token in self.table["token"]]

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """A number a token."""
        return self.table[self.column].to_numpy(dtype=float)

    @property
    def is_signed(self) -> bool:
        """Whether there are numbers below zero."""
        return bool((self.values < 0).any())

    @property
    def largest(self) -> float:
        """The number whose shade is the strongest: the largest, or 1."""
        sizes = np.abs(self.values[np.isfinite(self.values)])
        return float(sizes.max()) if len(sizes) and sizes.max() > 0 else 1.0

    @property
    def key(self) -> str:
        """What the numbers are, and what a sign means."""
        above, below = self.meaning
        said = f"{self.unit}: {above}"
        if not self.is_signed:
            return said
        return f"{said}; underlined: below zero" + (f", {below}" if below else "")

    @property
    def steps(self) -> list[float]:
        """The numbers of the key, from the lowest to the largest."""
        quarters = [self.largest * part / 4 for part in range(5)]
        return [-q for q in quarters[:0:-1]] + quarters if self.is_signed else quarters

    def shade(self, value: float) -> str:
        """Give a number's colour, as "#rrggbb"."""
        if math.isnan(value):
            return "#ffffff"
        part = STRONGEST * min(abs(value) / self.largest, 1.0)
        full = BLUE if value < 0 else ORANGE
        mixed = (
            round(255 + part * (int(full[k : k + 2], 16) - 255)) for k in (1, 3, 5)
        )
        return "#" + "".join(f"{each:02x}" for each in mixed)


def shown(token: str) -> str:
    r"""Give a token as it can be seen: what hides or steers is written as its escape.

    A blank alone is "␣", the end of a line "↵"; a right-to-left override "\u202e".
    """
    if token in NAMES:
        return NAMES[token]
    return "".join(
        c if c.isprintable() or c in JOINERS else ascii(c)[1:-1] for c in token
    )


def number(value: float) -> str:
    """Write a number with one decimal; a true minus; infinity as its sign."""
    if math.isnan(value):
        return "?"
    sign = "−" if value < 0 and f"{abs(value):.1f}" != "0.0" else ""
    return sign + ("∞" if math.isinf(value) else f"{abs(value):.1f}")
