"""The activations of a cell's gates, on NumPy arrays.

A cell's equations are written once. They run on NumPy with these activations, and on
the tensors of a back end with those that `keraslm.kernels` passes in their place.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

ACTIVATIONS = ("sigmoid", "tanh", "linear")


class Gates:
    """sigmoid, tanh and linear; called, the activations of several gates at once.

    One tanh of the whole array does the work of all gates that squash.

    Math:   gates(x, "sigmoid", "tanh") = sigmoid(x_1), tanh(x_2),   x = [x_1, x_2]
            sigmoid(x) = 1 / (1 + exp(-x)) = tanh(x / 2) / 2 + 1 / 2
    Shapes: (.., gates x units) -> gates times (.., units)
    """

    def __init__(self) -> None:
        self._scales: dict[tuple[Sequence[str], int], Any] = {}

    def __call__(self, x: Any, *activations: str) -> Sequence[Any]:
        """Cut x into one block for each activation, and apply it."""
        if "linear" in activations:
            blocks = zip(activations, split(x, len(activations)), strict=True)
            return [getattr(self, name)(block) for name, block in blocks]
        key = (activations, x.shape[-1])
        if key not in self._scales:
            self._scales[key] = scale_and_shift(*key)
        scale, shift = self._scales[key]
        y = scale * x
        np.tanh(y, out=y)
        y *= scale
        y += shift
        return split(y, len(activations))

    def tanh(self, x: Any) -> Any:
        """Squash to (-1, 1)."""
        return np.tanh(x)

    def sigmoid(self, x: Any) -> Any:
        """Squash to (0, 1)."""
        return self(x, "sigmoid")[0]

    def linear(self, x: Any) -> Any:
        """Leave x as it is."""
        return x


def scale_and_shift(activations: Sequence[str], width: int) -> tuple[Any, Any]:
    """Give s and 1 - s of s tanh(s x) + (1 - s): 1/2 for a sigmoid, 1 for a tanh.

    Shapes: -> (width,) float32, twice
    """
    halves = {"sigmoid": 0.5, "tanh": 1.0}
    each = [halves[name] for name in activations]
    scale = np.repeat(np.array(each, np.float32), width // len(each))
    return scale, 1 - scale


def split(x: Any, parts: int) -> Sequence[Any]:
    """Cut the last axis into equal parts.

    Shapes: (.., parts x units) -> `parts` arrays (.., units)
    """
    if x.ndim == 1:
        return x.reshape(parts, -1)  # its rows: ten times as fast as slices
    width = x.shape[-1] // parts
    return [x[..., k * width : (k + 1) * width] for k in range(parts)]


NUMPY = Gates()
