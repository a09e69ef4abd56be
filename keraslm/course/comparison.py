"""Are two values equal, up to rounding?"""

import math
from typing import Any

import numpy as np

RELATIVE = 1e-6
ABSOLUTE = 1e-9


def equal(right: Any, value: Any) -> bool:
    """Say whether a student's value is the right one, up to rounding.

    A list passes for a tuple, a list of numbers for an array, 1 for 1.0 and for True.

    Math: |value - right| <= 1e-9 + 1e-6 |right|, element by element
    """
    if isinstance(right, np.ndarray):
        return _equal_arrays(right, value)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(right, dict):
        return _equal_dicts(right, value)
    if isinstance(right, list | tuple):
        if not isinstance(value, list | tuple) or len(value) != len(right):
            return False
        return all(map(equal, right, value))
    if isinstance(right, int | float):
        return isinstance(value, int | float) and _near(float(right), value)
    return bool(right == value)


def _near(right: float, value: float) -> bool:
    try:
        value = float(value)
    except OverflowError:
        return False
    if not math.isfinite(right):
        return value == right or (math.isnan(value) and math.isnan(right))
    return abs(value - right) <= ABSOLUTE + RELATIVE * abs(right)


def _equal_arrays(right: np.ndarray, value: Any) -> bool:
    try:
        array = np.asarray(value)
    except (ValueError, OverflowError):  # rows of different lengths
        return False
    if array.shape != right.shape or array.dtype.kind not in "biuf":
        return False
    return bool(np.allclose(array, right, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True))


def _equal_dicts(right: dict[Any, Any], value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != right.keys():
        return False
    return all(equal(each, value[key]) for key, each in right.items())
