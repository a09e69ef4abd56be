"""Rotary positions: the equation of `keraslm.layers.RotaryPositions`, on any arrays."""

from typing import Any

import numpy as np

from keraslm.inference.network import Array

BASE = 10_000.0


def frequencies(width: int) -> Array:
    """Give w_k = 10000^(-2k/width), the angle by which each position turns pair k.

    Shapes: -> (width / 2,) float64
    """
    powers: Array = BASE ** (-np.arange(0, width, 2) / width)
    return powers


def halves_rotated(x: Any, cosines: Any, sines: Any) -> tuple[Any, Any]:
    """Turn the pairs (a_k, b_k); shapes: (.., width) -> twice (.., width / 2)."""
    half = x.shape[-1] // 2
    a, b = x[..., :half], x[..., half:]
    return a * cosines - b * sines, a * sines + b * cosines
