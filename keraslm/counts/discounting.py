"""Discounting: how many n-grams are rare says how much to take off a count."""

import abc
from typing import Any, ClassVar, Self

import numpy as np

from keraslm.counts.ngrams import Ngrams
from keraslm.counts.smoothing import Recursive, counts_of_counts


class Discounting(Recursive):
    """A smoothing whose discounts are found order by order in counts of counts.

    Math:   discounts = f(n_1, n_2 ...),  n_r = |{h w : c(h w) = r}|
    """

    highest: ClassVar[int]
    """The highest r whose n_r the formula asks for."""
    fallback: ClassVar[Any]
    """The discounts of an order whose counts of counts give none."""
    reason: ClassVar[str]
    """What such an order has, and its discounts, in words."""

    def __init__(self, discounts: list[Any], notes: tuple[str, ...] = ()) -> None:
        self.discounts = list(discounts)
        self.notes = notes

    @classmethod
    def fit(cls, ngrams: Ngrams, held_out: np.ndarray | None = None) -> Self:
        """Find the discounts of every order in its counts of counts."""
        counts = cls.counts_to_fit(ngrams)
        return cls.of_rare([counts_of_counts(some, cls.highest) for some in counts])

    @classmethod
    def of_rare(cls, orders: list[list[int]]) -> Self:
        """Find the discounts of every order, of its n_1, n_2 ... `highest`."""
        discounts, notes = [], []
        for n, rare in enumerate(orders, start=1):
            found = cls.discounts_of(rare)
            discounts.append(cls.fallback if found is None else found)
            if found is None:
                notes.append(f"order {n} has {cls.reason}")
        return cls(discounts, tuple(notes))

    @classmethod
    def counts_to_fit(cls, ngrams: Ngrams) -> list[np.ndarray]:
        """Give the counts that are counted; shapes (ngrams,) an order."""
        return cls.counts(ngrams)

    @staticmethod
    @abc.abstractmethod
    def discounts_of(n: list[int]) -> Any:
        """Give an order's discounts of its n_1, n_2 ..., None where they give none."""

    def settings(self) -> dict[str, Any]:
        """Give the discounts, order by order."""
        return {"discounts": self.discounts}
