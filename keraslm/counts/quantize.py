"""Quantising: the logarithms of an order become a few codes, each a number of a table.

Math:   the sorted numbers are cut into bins of equally many; a bin's centre is its
        mean, and a number becomes the centre that is nearest
A quarter of the centres stand at equal distances from the least number to the largest
instead, so that a rare one is not far off either: with 8 bits no log P of village is
off by more than 0.2 nats, and by 8 without them; the perplexity is the same.
What is exact stays exact: order 1, a probability of 0, a back-off weight of 1, and
every number where there are no more different ones than codes. Probabilities no longer
sum to one exactly; `rounding` says how far one may be off.
References: Heafield (2011), KenLM, section 3.3; Federico & Bertoldi (2006).
"""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keraslm.counts.additive import CANNOT_BE_QUANTIZED
from keraslm.counts.columns import Column, in_blocks
from keraslm.counts.table import BackoffTable, Table
from keraslm.errors import UsageError

FEWEST, MOST = 2, 16  # bits
SPACED = 4  # one of so many centres stands at an equal distance
MOST_SORTED = 1 << 22  # numbers; of more, equally spaced ones are


class Codebook:
    """The numbers that codes stand for.

    Shapes: centres (codes,), in order, -inf first if at all; in nats
    """

    def __init__(self, centres: np.ndarray) -> None:
        """Take the centres as they are."""
        self.centres = centres

    @functools.cached_property
    def borders(self) -> np.ndarray:
        """Half way between two centres; shapes: (codes - 1,)."""
        return (self.centres[:-1] + self.centres[1:]) / 2

    def encode(self, numbers: np.ndarray) -> np.ndarray:
        """Give the code of the nearest centre.

        Shapes: numbers (n,) -> (n,) int64
        """
        return np.searchsorted(self.borders, numbers)


class Coded(Column):
    """The centres of codes: numbers as a quantised file gives them."""

    dtype = np.dtype(np.float64)

    def __init__(self, book: Codebook, codes: Any) -> None:
        """Take an array or a column of codes."""
        self.book, self.codes = book, codes

    def __len__(self) -> int:
        """How many numbers there are."""
        return len(self.codes)

    def take(self, places: Any) -> Any:
        """Give the numbers at some places."""
        return self.book.centres[self.codes[places]]


class Nearest(Column):
    """The codes of numbers that are not quantised yet."""

    dtype = np.dtype(np.int64)

    def __init__(self, book: Codebook, numbers: Any) -> None:
        """Take an array or a column of numbers."""
        self.book, self.numbers = book, numbers

    def __len__(self) -> int:
        """How many codes there are."""
        return len(self.numbers)

    def take(self, places: Any) -> Any:
        """Find the codes of the numbers at some places."""
        return self[places]

    def __getitem__(self, place: Any) -> Any:
        """Find one code, or those of several numbers."""
        return self.book.encode(self.numbers[place])


@dataclasses.dataclass(frozen=True)
class Quantized(BackoffTable):
    """A table whose logarithms are `Coded`, those of order 1 apart."""

    bits: int = dataclasses.field(kw_only=True)
    rounding: float = dataclasses.field(kw_only=True)
    """How far log P(w | h) may be from what it was, in nats."""


def quantize(table: Table, bits: int) -> Quantized:
    """Give the table whose numbers of order 2 and up have `bits` bits.

    Its counts are left out: a quantised file is for answering.

    Raises: UsageError for additive smoothing, which has no logarithms, a table that is
        quantised, or a number of bits that is not 2 .. 16.
    """
    check_bits(bits)
    if not isinstance(table, BackoffTable):
        raise UsageError(CANNOT_BE_QUANTIZED)
    if isinstance(table, Quantized):
        raise UsageError(
            f"the model is quantised to {table.bits} bits; quantise the model that it "
            "was made of"
        )
    log_p: list[Any] = [_coded(numbers, bits) for numbers in table.log_p[1:]]
    log_b: list[Any] = [_coded(numbers, bits, (0.0,)) for numbers in table.log_b[1:]]
    return Quantized(
        table.trie,
        [table.log_p[0], *(column for column, _ in log_p)],
        [*table.log_b[:1], *(column for column, _ in log_b)],
        bits=bits,
        rounding=_rounding([e for _, e in log_p], [e for _, e in log_b]),
    )


def check_bits(bits: int) -> None:
    """Refuse a number of bits that is not 2 .. 16.

    Raises: UsageError
    """
    if type(bits) is not int or not FEWEST <= bits <= MOST:
        raise UsageError(
            f"`quantize` must be {FEWEST} to {MOST} bits; received {bits!r:.30}"
        )


def codebook(numbers: np.ndarray, bits: int, exact: Sequence[float] = ()) -> Codebook:
    """Choose the centres for numbers, of which -inf and the `exact` ones stay.

    Shapes: numbers (n,) -> 2^bits centres at most
    """
    exact = [*exact, *([-np.inf] if np.isneginf(numbers).any() else [])]
    others = np.sort(numbers[~np.isin(numbers, exact)])
    bins = (1 << bits) - len(exact)
    if len(different := np.unique(others)) <= bins:
        return Codebook(np.union1d(different, exact))
    spaced = bins // SPACED if bins >= 2 * SPACED else 0
    bins -= spaced
    ends = np.linspace(others[0], others[-1], spaced)
    edges = np.arange(bins) * len(others) // bins
    sums = np.add.reduceat(others, edges)
    means = sums / np.diff(edges, append=len(others))
    return Codebook(np.union1d(means, [*exact, *ends]))


def sums_nearly(table: Quantized) -> str:
    """Say, for a reader of figures, what quantising does to probabilities."""
    return (
        f"quantised to {table.bits} bits: log P is off by {table.rounding:.2g} nats at "
        "most, and probabilities sum to one only nearly"
    )


def cost(told: Mapping[str, Any]) -> str:
    """Say what a card tells of quantising: the perplexity before and after it."""
    if "perplexity" not in told:
        return f"quantised to {told['bits']} bits" if told else ""
    before, after = told["perplexity_before"], told["perplexity"]
    said = (
        f"quantised to {told['bits']} bits: perplexity {before:,.2f} -> {after:,.2f} "
        f"({after / before - 1:+.2%})"
    )
    if after < before:
        said += ", lower only where probabilities sum to more than one"
    return said


def _coded(numbers: Any, bits: int, exact: Sequence[float] = ()) -> tuple[Coded, float]:
    """Quantise a column, and say how far a number is off at most, in nats."""
    step = max(1, -(-len(numbers) // MOST_SORTED))
    sample = [np.zeros(0)]
    for block in in_blocks(numbers):
        sample += [block[::step], block[np.isneginf(block)][:1]]
    book = codebook(np.concatenate(sample), bits, exact)
    coded, off = Coded(book, Nearest(book, numbers)), 0.0
    for before, after in zip(in_blocks(numbers), in_blocks(coded), strict=True):
        finite = np.isfinite(before)
        apart = abs(after[finite] - before[finite])
        off = max(off, float(apart.max(initial=0.0)))
    return coded, off


def _rounding(log_p: list[float], log_b: list[float]) -> float:
    """Bound log P: a probability of one order, and the weights of the orders above.

    Math:   max_k (e_k + sum_{j >= k} e'_j),  e_1 = 0;  e' of the weights of order j
    """
    off = [0.0, *log_p]
    weights = [0.0, *log_b]
    return max(e + sum(weights[k:]) for k, e in enumerate(off))
