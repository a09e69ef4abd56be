"""The figures of a checkpoint, validated before use."""

import math
from typing import Any

MOST = 1 << 53  # steps, which a float still counts one by one


def figure(value: Any) -> float:
    """Give a figure of a checkpoint.

    Raises: ValueError if it is no finite number.
    """
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"a figure of {value!r:.30}")
    return float(value)


def stored(value: float) -> float | None:
    """Give a figure as a checkpoint holds it: none yet, or too large, is None."""
    return value if math.isfinite(value) else None


def lowest(value: Any) -> float:
    """Give the lowest figure so far, infinite where a checkpoint has none.

    Raises: ValueError, as `figure`.
    """
    return math.inf if value is None else figure(value)


def duration(value: Any) -> float:
    """Give seconds of a checkpoint.

    Raises: ValueError if they are negative or no finite number.
    """
    seconds = figure(value)
    if seconds < 0:
        raise ValueError(f"{value!r:.30} seconds")
    return seconds


def count(value: Any, least: int = 0) -> int:
    """Give a number of steps, or of anything else that is counted.

    Raises: ValueError if it is no whole number, or out of reach.
    """
    if type(value) is not int or not least <= value < MOST:
        raise ValueError(f"a count of {value!r:.30}")
    return value
