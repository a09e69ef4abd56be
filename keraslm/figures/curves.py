"""The rows of a history as a curve: none that cannot be drawn, none of a few steps."""

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from keraslm.figures import style

Array = npt.NDArray[np.float64]


def curve_of(history: pd.DataFrame, split: str) -> pd.DataFrame:
    """Give the rows of a split in order of steps, without what is not finite.

    A row of training is the mean since the row before. At the end of an epoch a row
    may stand for few steps, whose mean is a notch in the curve: rows are merged until
    they stand for as many steps as the longest.

    Math:   nats = sum_i steps_i nats_i / sum_i steps_i,   perplexity = exp(nats)
    """
    rows = history[history["split"] == split].sort_values("step", kind="stable")
    perplexity = rows["perplexity"]
    rows = rows[(perplexity > 0) & (perplexity < style.LARGEST)]
    return _merged(rows) if split == "train" and len(rows) else rows


def _merged(rows: pd.DataFrame) -> pd.DataFrame:
    steps = np.diff(rows["step"].to_numpy(), prepend=0)
    groups = list(_groups(steps.tolist()))
    merged = rows.iloc[[last for _, last in groups]].copy()
    values = rows["perplexity"].to_numpy(dtype=float)
    merged["perplexity"] = [
        _mean(values[a : b + 1], steps[a : b + 1]) for a, b in groups
    ]
    return merged


def _mean(perplexities: Array, steps: Array) -> float:
    if len(perplexities) == 1:
        return float(perplexities[0])
    return float(np.exp(np.average(np.log(perplexities), weights=steps)))


def _groups(steps: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last row of each group; a short rest joins the last one."""
    longest = max(steps)
    begins, sizes = [0], list(itertools.accumulate(steps))
    for row in range(1, len(steps)):
        before = sizes[begins[-1]] - steps[begins[-1]]
        if sizes[row - 1] - before >= longest:
            begins.append(row)
    if len(begins) > 1 and sizes[-1] - sizes[begins[-1] - 1] < longest / 2:
        begins.pop()
    yield from zip(begins, [*(b - 1 for b in begins[1:]), len(steps) - 1], strict=True)
