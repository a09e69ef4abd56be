"""Which products of training have factors that are rounded to bfloat16.

Small products are not rounded: laying out the factors would take what the product
saves.
References: Kalamkar et al. (2019), training in bfloat16.
"""

import contextlib
import contextvars
import math
from collections.abc import Iterator

LEAST = 2**22  # multiplications of a product whose factors are rounded

_PRECISION = contextvars.ContextVar("precision", default="float32")


@contextlib.contextmanager
def products_in(precision: str) -> Iterator[None]:
    """Round the factors of products that are made, or traced, within."""
    token = _PRECISION.set(precision)
    try:
        yield
    finally:
        _PRECISION.reset(token)


def rounding() -> bool:
    """Say whether large products are rounded here."""
    return _PRECISION.get() != "float32"


def rounds(shape: tuple[int | None, ...], columns: int | None) -> bool:
    """Say whether a matrix of this shape times one of so many columns is rounded."""
    sizes = [size for size in (*shape, columns) if size is not None]
    known = len(sizes) == len(shape) + 1
    return rounding() and known and math.prod(sizes) >= LEAST
