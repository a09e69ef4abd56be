"""Layers that make no more weights than a file holds, and all of them zero."""

import contextlib
import functools
import math
import threading
from collections.abc import Iterator
from typing import Any

import keras

_SEVERAL_MAKE_WEIGHTS = threading.RLock()


@contextlib.contextmanager
def weights_of(numbers: int) -> Iterator[None]:
    """Let layers make weights of so many numbers and no more; they start at zero.

    A layer gets its weights from `Layer.add_weight` and from nowhere else; what stands
    in for it meanwhile counts for this thread only.
    """
    add_weight, thread = keras.layers.Layer.add_weight, threading.get_ident()
    left = numbers

    @functools.wraps(add_weight)
    def counted(
        layer: Any, shape: Any = (), initializer: Any = None, *rest: Any, **named: Any
    ) -> Any:
        nonlocal left
        if threading.get_ident() == thread:
            left -= math.prod(shape)
            if left < 0:
                raise ValueError(f"it needs more weights than the {numbers} stored")
            initializer = "zeros"
        return add_weight(layer, shape, initializer, *rest, **named)

    with _SEVERAL_MAKE_WEIGHTS:
        keras.layers.Layer.add_weight = counted
        try:
            yield
        finally:
            keras.layers.Layer.add_weight = add_weight
