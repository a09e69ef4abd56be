"""N-grams as a few small arrays: for each order its words, counts and family sizes."""

import itertools

import numpy as np

from keraslm.counts.ngrams import NgramOrder, Ngrams
from keraslm.errors import ModelFileError


def to_arrays(ngrams: Ngrams) -> dict[str, np.ndarray]:
    """Give the arrays that are stored, each of the smallest type that holds it.

    A key is not stored: it is its context, told by how many children each context
    has, and its word.
    """
    arrays = {}
    for k, order in enumerate(ngrams.orders, start=1):
        arrays[f"counts-{k}"] = _smallest(order.counts)
        if k > 1:
            arrays[f"words-{k}"] = _smallest(order.words)
            arrays[f"children-{k}"] = _smallest(np.diff(order.starts))
    return arrays


def from_arrays(arrays: dict[str, np.ndarray], order: int, boundary: int) -> Ngrams:
    """Build the n-grams back.

    Raises: ModelFileError if the arrays are not those of `order` orders of n-grams.
    """
    try:
        first = arrays["counts-1"].astype(np.int64)
        size = len(first)
        orders = [NgramOrder(np.arange(size), first, 1, size)]
        for k in range(2, order + 1):
            children = arrays[f"children-{k}"].astype(np.int64)
            words = arrays[f"words-{k}"]
            if children.max(initial=0) > size or children.sum() != len(words):
                raise ValueError(f"order {k} has {len(words)} n-grams")
            context = np.repeat(np.arange(len(children)), children)
            keys = context * size + words
            counts = arrays[f"counts-{k}"].astype(np.int64)
            orders.append(NgramOrder(keys, counts, len(children), size))
    except (KeyError, ValueError) as error:
        raise ModelFileError(f"the counts do not fit together: {error}") from error
    _check(orders)
    return Ngrams(orders, boundary)


def _smallest(values: np.ndarray) -> np.ndarray:
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def _check(orders: list[NgramOrder]) -> None:
    for below, order in itertools.pairwise(orders):
        fits = (
            order.contexts == len(below)
            and len(order.counts) == len(order.keys)
            and bool(np.all(np.diff(order.keys) > 0))
            and bool(np.all(order.counts > 0))
        )
        if not fits:
            raise ModelFileError(
                "the counts do not fit together: the file is damaged; train it again"
            )
